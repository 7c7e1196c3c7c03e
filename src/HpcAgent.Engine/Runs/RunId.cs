using System.Buffers;
using System.Globalization;

namespace HpcAgent.Engine.Runs;

/// <summary>The rules for the name of a run. It becomes a file name on every system, and part of a job name.</summary>
public static class RunId
{
    /// <summary>The longest name.</summary>
    public const int MaxLength = 128;

    private const int ShaDigits = 8;
    private const string TimeFormat = "yyyyMMdd-HHmmss";
    private static readonly SearchValues<char> Allowed =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._-");

    private static readonly string[] Devices = ["CON", "PRN", "AUX", "NUL", "COM", "LPT"];

    /// <summary>True if a text can name a run.</summary>
    /// <param name="text">The text.</param>
    public static bool IsValid(string? text) => Fault(text) is null;

    /// <summary>Refuses a text that cannot name a run.</summary>
    /// <param name="text">The text.</param>
    /// <returns>The text.</returns>
    /// <exception cref="HpcException"><see cref="ErrorCode.SpecInvalid"/>, saying which rule is broken.</exception>
    public static string Require(string? text) => Fault(text) is { } fault
        ? throw new HpcException(ErrorCode.SpecInvalid, $"'{text}' cannot name a run: {fault}.", "Use letters, digits, '.', '_' and '-', beginning with a letter, a digit or '_'.")
        : text!;

    /// <summary>Makes the name of a new run: <c>name-yyyyMMdd-HHmmss-sha8</c>, the time in UTC.</summary>
    /// <param name="name">What the user calls it; characters that a run id cannot hold become dashes.</param>
    /// <param name="time">When it is made.</param>
    /// <param name="sha">The identity; its first eight digits are used.</param>
    public static string Create(string name, DateTimeOffset time, string sha)
    {
        ArgumentNullException.ThrowIfNull(name);
        ArgumentException.ThrowIfNullOrEmpty(sha);
        var tail = string.Create(CultureInfo.InvariantCulture, $"{time.UtcDateTime.ToString(TimeFormat, CultureInfo.InvariantCulture)}-{sha[..Math.Min(ShaDigits, sha.Length)]}");
        var characters = name.Select(c => Allowed.Contains(c) ? c : '-').ToArray();
        var head = new string(characters).TrimStart('.', '-');
        head = head[..Math.Min(head.Length, MaxLength - tail.Length - 1)].TrimEnd('.', '-');
        return Require(head.Length == 0 ? tail : $"{head}-{tail}");
    }

    private static string? Fault(string? text) => text switch
    {
        null or "" => "it is empty",
        { Length: > MaxLength } => "it is longer than 128 characters",
        _ when text.AsSpan().IndexOfAnyExcept(Allowed) is var index and >= 0 => string.Create(CultureInfo.InvariantCulture, $"character {index + 1} is not allowed"),
        _ when text[0] is '.' or '-' => "it begins with a dot or a dash",
        _ when text[^1] is '.' => "it ends with a dot",
        _ when IsDevice(text) => "Windows keeps that name for a device",
        _ => null,
    };

    private static bool IsDevice(string text)
    {
        var stem = text.AsSpan();
        if (stem.IndexOf('.') is var dot and >= 0)
            stem = stem[..dot];
        if (stem.Length is < 3 or > 4)
            return false;
        foreach (var device in Devices)
        {
            if (!stem[..3].Equals(device, StringComparison.OrdinalIgnoreCase))
                continue;
            var isNumbered = device is "COM" or "LPT";
            return isNumbered ? stem.Length == 4 && stem[3] is >= '1' and <= '9' : stem.Length == 3;
        }

        return false;
    }
}
