using System.Globalization;
using System.IO.Compression;
using System.Text;
using HpcAgent.Engine.Hosts;
using HpcAgent.Engine.Monitoring;

namespace HpcAgent.Engine.Batch;

/// <summary>Reads what <see cref="TailScript"/> printed.</summary>
internal sealed class TailAnswer
{
    /// <summary>How many logs one look brings at most.</summary>
    public const int MostTails = 2000;

    private readonly byte[] _bytes;
    private readonly List<(string Path, long Size)> _files;
    private int _at;

    private TailAnswer(byte[] bytes, List<(string Path, long Size)> files) => (_bytes, _files) = (bytes, files);

    /// <summary>True for <c>task.attempt</c>.</summary>
    public static bool IsName(string text) => text.Split('.') is [var task, var attempt] && task.Length is > 0 and < 16 && attempt.Length is > 0 and < 10 && (task + attempt).All(char.IsAsciiDigit);

    /// <summary>The ends of logs in an answer. A log that does not exist has no content, and is given only if it was asked for by name.</summary>
    /// <param name="answer">The parts of one run.</param>
    /// <param name="wanted">What was asked for by name.</param>
    public static IReadOnlyList<(long TaskId, int Attempt, ReadOnlyMemory<byte>? Content)> Read(HostAnswer answer, IReadOnlyList<string> wanted)
    {
        if (answer.Find("tail-list") is null || answer.Find("tails") is not { } packed) return [];
        Dictionary<string, long> sizes = Sizes(answer.Text("tail-sizes"));
        string[] list = answer.Text("tail-list").Split('\n');
        HashSet<string> named = wanted.ToHashSet(StringComparer.Ordinal);
        List<(long, int, ReadOnlyMemory<byte>?)> tails = [];
        foreach (string path in list)
        {
            // One that was not asked for may only not be visible yet: file systems lag.
            if (!sizes.ContainsKey(path) && NameOf(path) is { } name && named.Contains(name)) tails.Add((TaskOf(name), AttemptOf(name), null));
        }
        TailAnswer reader = new(Unpack(packed), [.. list.Where(sizes.ContainsKey).Select(p => (p, sizes[p]))]);
        foreach ((string path, ReadOnlyMemory<byte> content) in reader.Files())
            if (NameOf(path) is { } name) tails.Add((TaskOf(name), AttemptOf(name), content));
        return tails;
    }

    // Each file has a header as tail writes it, and as many bytes as its size said; if it grew since then, the next header is looked for.
    private IEnumerable<(string Path, ReadOnlyMemory<byte> Content)> Files()
    {
        for (int i = 0; i < _files.Count; i++)
        {
            if (!SkipTo(_files[i].Path)) continue;
            int start = _at;
            int end = start + (int)Math.Min(_files[i].Size, TaskTail.MaxBytes);
            if (end > _bytes.Length) yield break;
            _at = end;
            yield return (_files[i].Path, _bytes.AsMemory(start..end));
        }
    }

    private bool SkipTo(string path)
    {
        byte[] header = Encoding.ASCII.GetBytes($"==> {path} <==\n");
        int found = _bytes.AsSpan(_at).IndexOf(header);
        if (found < 0) return false;
        _at += found + header.Length;
        return true;
    }

    private static Dictionary<string, long> Sizes(string text)
    {
        Dictionary<string, long> sizes = new(StringComparer.Ordinal);
        foreach (string line in text.Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            if (line.Split(' ', StringSplitOptions.RemoveEmptyEntries) is [var size, var path] && long.TryParse(size, NumberStyles.None, CultureInfo.InvariantCulture, out long bytes))
                sizes[path] = bytes;
        }
        return sizes;
    }

    private static byte[] Unpack(ReadOnlyMemory<byte> packed)
    {
        using MemoryStream source = new(packed.ToArray());
        using GZipStream gzip = new(source, CompressionMode.Decompress);
        using MemoryStream plain = new();
        try
        {
            // As much as the ends of so many logs and their headers can be, whatever the other side sends.
            byte[] block = new byte[1 << 16];
            for (int read; plain.Length < (long)MostTails * (TaskTail.MaxBytes + 100) && (read = gzip.Read(block)) > 0;) plain.Write(block, 0, read);
        }
        catch (InvalidDataException)
        {
            // What came before the damage counts; the rest is asked for again.
        }
        return plain.ToArray();
    }

    private static string? NameOf(string path)
    {
        string name = path[(path.LastIndexOf('/') + 1)..];
        return name.EndsWith(".log", StringComparison.Ordinal) && IsName(name[..^4]) ? name[..^4] : null;
    }

    private static long TaskOf(string name) => long.Parse(name.AsSpan(0, name.IndexOf('.', StringComparison.Ordinal)), CultureInfo.InvariantCulture);

    private static int AttemptOf(string name) => int.Parse(name.AsSpan(name.IndexOf('.', StringComparison.Ordinal) + 1), CultureInfo.InvariantCulture);
}
