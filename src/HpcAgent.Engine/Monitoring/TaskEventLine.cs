using System.Buffers;
using System.Buffers.Text;
using System.Globalization;
using System.Text;
using HpcAgent.Engine.Storage;

namespace HpcAgent.Engine.Monitoring;

/// <summary>
/// Event lines as bytes: <c>1 &lt;unix seconds&gt; &lt;kind&gt; &lt;task&gt; &lt;attempt&gt; name=value ... #&lt;checksum&gt;</c>. Values are
/// percent-encoded; the checksum is that of POSIX <c>cksum</c> over everything before the space in front of <c>#</c>, so that a shell
/// script can write the line too.
/// </summary>
public static class TaskEventLine
{
    /// <summary>The most bytes of a line: one write of that size was never seen torn, even on network file systems.</summary>
    public const int MaxBytes = 1000;

    private const int MaxTextBytes = 600;

    // The end of the year 9999.
    private const long MaxSeconds = 253_402_300_799;

    /// <summary>Writes an event as one line.</summary>
    /// <param name="e">The event.</param>
    /// <param name="output">Where the bytes go, with the newline.</param>
    public static void Write(in TaskEvent e, IBufferWriter<byte> output)
    {
        Span<byte> line = output.GetSpan(MaxBytes);
        int n = 0;
        Append(line, ref n, "1 "u8);
        AppendMilliseconds(line, ref n, e.At.ToUnixTimeMilliseconds());
        Append(line, ref n, e.Kind switch { TaskEventKind.Start => " start "u8, TaskEventKind.End => " end "u8, _ => " note "u8 });
        AppendNumber(line, ref n, e.TaskId);
        line[n++] = (byte)' ';
        AppendNumber(line, ref n, e.Attempt);
        if (e.Kind == TaskEventKind.End)
        {
            Append(line, ref n, " state="u8);
            Append(line, ref n, TaskStateName.Bytes(e.State));
        }
        AppendField(line, ref n, " pid="u8, e.Pid);
        AppendField(line, ref n, " exit="u8, e.ExitCode);
        AppendField(line, ref n, " signal="u8, e.Signal);
        if (e.Elapsed is { } elapsed)
        {
            Append(line, ref n, " seconds="u8);
            AppendMilliseconds(line, ref n, (long)elapsed.TotalMilliseconds);
        }
        AppendField(line, ref n, " rss="u8, e.PeakMemoryBytes);
        if (!string.IsNullOrEmpty(e.Text))
        {
            Append(line, ref n, " text="u8);
            AppendEncoded(line[..Math.Min(line.Length, n + MaxTextBytes)], ref n, e.Text);
        }
        uint checksum = PosixCrc.Compute(line[..n]);
        Append(line, ref n, " #"u8);
        AppendNumber(line, ref n, checksum);
        line[n++] = (byte)'\n';
        output.Advance(n);
    }

    /// <summary>Reads one line.</summary>
    /// <param name="line">The bytes without the newline.</param>
    /// <param name="e">The event.</param>
    /// <returns>False if the line is damaged or of a version that is not known.</returns>
    public static bool TryParse(ReadOnlySpan<byte> line, out TaskEvent e)
    {
        e = default;
        int mark = line.LastIndexOf(" #"u8);
        if (mark < 0 || !TryNumber(line[(mark + 2)..], out long checksum)) return false;
        ReadOnlySpan<byte> rest = line[..mark];
        if (PosixCrc.Compute(rest) != (ulong)checksum) return false;
        if (!Next(ref rest).SequenceEqual("1"u8) || !TrySeconds(Next(ref rest), out long at)) return false;
        TaskEventKind kind;
        ReadOnlySpan<byte> word = Next(ref rest);
        if (word.SequenceEqual("start"u8)) kind = TaskEventKind.Start;
        else if (word.SequenceEqual("end"u8)) kind = TaskEventKind.End;
        else if (word.SequenceEqual("note"u8)) kind = TaskEventKind.Note;
        else return false;
        if (!TryNumber(Next(ref rest), out long task) || !TryNumber(Next(ref rest), out long attempt)) return false;
        e = new TaskEvent
        {
            At = DateTimeOffset.FromUnixTimeMilliseconds(at),
            Kind = kind,
            TaskId = task,
            Attempt = (int)Math.Clamp(attempt, 0, int.MaxValue),
            State = TaskState.Unknown,
        };
        while (!rest.IsEmpty)
        {
            ReadOnlySpan<byte> field = Next(ref rest);
            int equals = field.IndexOf((byte)'=');
            if (equals > 0) e = WithField(e, field[..equals], field[(equals + 1)..]);
        }
        return true;
    }

    private static TaskEvent WithField(in TaskEvent e, ReadOnlySpan<byte> name, ReadOnlySpan<byte> value)
    {
        if (name.SequenceEqual("state"u8)) return e with { State = TaskStateName.Parse(value) };
        if (name.SequenceEqual("text"u8)) return e with { Text = Decode(value) };
        if (name.SequenceEqual("seconds"u8))
            return TrySeconds(value, out long ms) ? e with { Elapsed = TimeSpan.FromMilliseconds(ms) } : e;
        if (!TryNumber(value, out long number)) return e;
        if (name.SequenceEqual("exit"u8)) return e with { ExitCode = (int)number };
        if (name.SequenceEqual("signal"u8)) return e with { Signal = (int)number };
        if (name.SequenceEqual("pid"u8)) return e with { Pid = (int)number };
        return name.SequenceEqual("rss"u8) ? e with { PeakMemoryBytes = number } : e;
    }

    private static ReadOnlySpan<byte> Next(ref ReadOnlySpan<byte> rest)
    {
        int space = rest.IndexOf((byte)' ');
        ReadOnlySpan<byte> word = space < 0 ? rest : rest[..space];
        rest = space < 0 ? [] : rest[(space + 1)..];
        return word;
    }

    private static bool TryNumber(ReadOnlySpan<byte> text, out long value) =>
        Utf8Parser.TryParse(text, out value, out int used) && used == text.Length && used > 0;

    // Seconds with up to three decimals; a shell without a fine clock writes whole seconds.
    private static bool TrySeconds(ReadOnlySpan<byte> text, out long milliseconds)
    {
        milliseconds = 0;
        int dot = text.IndexOf((byte)'.');
        if (!TryNumber(dot < 0 ? text : text[..dot], out long seconds) || seconds is < 0 or > MaxSeconds) return false;
        milliseconds = seconds * 1000;
        if (dot < 0) return true;
        long scale = 100;
        foreach (byte digit in text[(dot + 1)..])
        {
            if (digit is < (byte)'0' or > (byte)'9') return false;
            milliseconds += (digit - '0') * scale;
            scale /= 10;
        }
        return true;
    }

    private static void Append(Span<byte> line, ref int n, ReadOnlySpan<byte> text)
    {
        text.CopyTo(line[n..]);
        n += text.Length;
    }

    private static void AppendNumber(Span<byte> line, ref int n, long value)
    {
        _ = Utf8Formatter.TryFormat(value, line[n..], out int used);
        n += used;
    }

    private static void AppendMilliseconds(Span<byte> line, ref int n, long milliseconds)
    {
        // A clock before 1970, or one that was set back: no line may become unreadable by it.
        milliseconds = Math.Max(0, milliseconds);
        AppendNumber(line, ref n, milliseconds / 1000);
        line[n++] = (byte)'.';
        _ = Utf8Formatter.TryFormat(milliseconds % 1000, line[n..], out int used, new StandardFormat('D', 3));
        n += used;
    }

    private static void AppendField(Span<byte> line, ref int n, ReadOnlySpan<byte> name, long? value)
    {
        if (value is null) return;
        Append(line, ref n, name);
        AppendNumber(line, ref n, value.Value);
    }

    private static void AppendEncoded(Span<byte> line, ref int n, string text)
    {
        Span<byte> bytes = stackalloc byte[4];
        foreach (Rune rune in text.EnumerateRunes())
        {
            int count = rune.EncodeToUtf8(bytes);
            // Too long a text ends with a whole character.
            if (n + (3 * count) > line.Length) return;
            foreach (byte b in bytes[..count]) AppendEncoded(line, ref n, b);
        }
    }

    private static void AppendEncoded(Span<byte> line, ref int n, byte b)
    {
        if (b is > 0x20 and < 0x7f and not (byte)'%' and not (byte)'#' and not (byte)'=')
        {
            line[n++] = b;
            return;
        }
        line[n++] = (byte)'%';
        _ = Utf8Formatter.TryFormat(b, line[n..], out _, new StandardFormat('X', 2));
        n += 2;
    }

    private static string Decode(ReadOnlySpan<byte> value)
    {
        byte[] bytes = new byte[value.Length];
        int n = 0;
        for (int i = 0; i < value.Length; i++)
        {
            bool encoded = value[i] == (byte)'%' && i + 2 < value.Length &&
                byte.TryParse(value.Slice(i + 1, 2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out bytes[n]);
            if (encoded) i += 2;
            else bytes[n] = value[i];
            n++;
        }
        return Encoding.UTF8.GetString(bytes, 0, n);
    }
}
