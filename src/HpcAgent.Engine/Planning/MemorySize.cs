using System.Globalization;

namespace HpcAgent.Engine.Planning;

/// <summary>Amounts of memory as people write them. Units are binary, as schedulers mean them: 1G is 1024³ bytes.</summary>
public static class MemorySize
{
    /// <summary>Reads <c>512M</c>, <c>8G</c>, <c>8GB</c>, <c>8GiB</c>, <c>1.5T</c>, <c>1048576B</c> or <c>1048576</c> (bytes, at least a million).</summary>
    /// <param name="text">The text.</param>
    /// <returns>Bytes.</returns>
    /// <exception cref="HpcException">The text is no amount of memory, or so small that it must be meant in another unit.</exception>
    public static long Parse(string text)
    {
        string trimmed = text.Trim();
        int digits = 0;
        while (digits < trimmed.Length && (char.IsAsciiDigit(trimmed[digits]) || trimmed[digits] == '.')) digits++;
        double factor = trimmed[digits..].Trim().ToUpperInvariant() switch
        {
            "" or "B" => 1,
            "K" or "KB" or "KIB" => 1L << 10,
            "M" or "MB" or "MIB" => 1L << 20,
            "G" or "GB" or "GIB" => 1L << 30,
            "T" or "TB" or "TIB" => 1L << 40,
            _ => 0,
        };
        bool isNumber = double.TryParse(trimmed[..digits], NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out double number);
        if (!isNumber || factor == 0 || number <= 0 || number * factor > long.MaxValue / 2) throw Invalid(text, "it is no amount above zero");
        if (factor == 1 && number < 1_000_000 && !trimmed.EndsWith('B') && !trimmed.EndsWith('b'))
            throw Invalid(text, $"a bare number is read as bytes, and {trimmed} bytes is too little to be meant");
        return (long)Math.Ceiling(number * factor);
    }

    /// <summary>Bytes as people read them, such as <c>1.5 GB</c>; the units are those of <see cref="Parse"/>.</summary>
    /// <param name="bytes">The amount.</param>
    public static string Format(double bytes)
    {
        string[] units = ["B", "KB", "MB", "GB", "TB"];
        int unit = 0;
        while (bytes >= 1024 && unit < units.Length - 1) (bytes, unit) = (bytes / 1024, unit + 1);
        return string.Create(CultureInfo.InvariantCulture, $"{bytes:0.#} {units[unit]}");
    }

    private static HpcException Invalid(string text, string why) =>
        new(ErrorCode.SpecInvalid, $"the memory '{text}' cannot be read: {why}", "Write 512M, 8G or 8GB.");
}
