using System.Buffers;
using System.Text;
using System.Text.Unicode;

namespace HpcAgent.Kernels;

/// <summary>Strings of a JSON text: where they end, whether they are sound, and what their escapes mean.</summary>
internal static class JsonText
{
    private static readonly SearchValues<byte> s_special = SearchValues.Create(Special());

    /// <summary>Moves from the first byte after the opening quote to the first after the closing one.</summary>
    /// <returns>Null, or what is wrong at the position.</returns>
    public static string? Skip(ReadOnlySpan<byte> text, ref int position, out bool escaped)
    {
        int start = position;
        bool ascii = true;
        escaped = false;
        while (true)
        {
            int step = text[position..].IndexOfAny(s_special);
            if (step < 0)
            {
                position = start - 1;
                return "a string has no end";
            }
            position += step;
            byte special = text[position];
            if (special == (byte)'"')
                break;
            if (special >= 128)
            {
                ascii = false;
                position++;
                continue;
            }
            if (special != (byte)'\\')
                return "a control character in a string";
            escaped = true;
            if (!SkipEscape(text, ref position))
                return "an unknown escape in a string";
        }
        if (!ascii && !Utf8.IsValid(text[start..position]))
        {
            position = start + FirstInvalid(text[start..position]);
            return "text that is not UTF-8";
        }
        position++;
        return null;
    }

    /// <summary>Replaces the escapes of a sound string; null if it holds half of a surrogate pair.</summary>
    public static byte[]? Unescape(ReadOnlySpan<byte> text)
    {
        StringBuilder result = new();
        int position = 0;
        while (position < text.Length)
        {
            int step = text[position..].IndexOf((byte)'\\');
            int end = step < 0 ? text.Length : position + step;
            result.Append(Encoding.UTF8.GetString(text[position..end]));
            position = end;
            if (step >= 0)
                result.Append(ReadEscape(text, ref position));
        }
        byte[] bytes = new byte[3 * result.Length];
        OperationStatus status = Utf8.FromUtf16(result.ToString(), bytes, out _, out int length, replaceInvalidSequences: false);
        return status == OperationStatus.Done ? bytes[..length] : null;
    }

    /// <summary>What ends a run of plain characters: quotes, backslashes, control characters and the bytes of what is not ASCII.</summary>
    private static byte[] Special()
    {
        byte[] special = new byte[32 + 2 + 128];
        for (int i = 0; i < 32; i++)
            special[i] = (byte)i;
        (special[32], special[33]) = ((byte)'"', (byte)'\\');
        for (int i = 0; i < 128; i++)
            special[34 + i] = (byte)(128 + i);
        return special;
    }

    private static bool SkipEscape(ReadOnlySpan<byte> text, ref int position)
    {
        if (position + 1 >= text.Length)
            return false;
        if (text[position + 1] != (byte)'u')
        {
            if ("\"\\/bfnrt"u8.IndexOf(text[position + 1]) < 0)
                return false;
            position += 2;
            return true;
        }
        if (position + 6 > text.Length)
            return false;
        foreach (byte digit in text.Slice(position + 2, 4))
        {
            if (!char.IsAsciiHexDigit((char)digit))
                return false;
        }
        position += 6;
        return true;
    }

    private static char ReadEscape(ReadOnlySpan<byte> text, ref int position)
    {
        byte kind = text[position + 1];
        position += 2;
        if (kind == (byte)'u')
        {
            position += 4;
            return (char)Convert.ToInt32(Encoding.ASCII.GetString(text.Slice(position - 4, 4)), 16);
        }
        return kind switch
        {
            (byte)'b' => '\b',
            (byte)'f' => '\f',
            (byte)'n' => '\n',
            (byte)'r' => '\r',
            (byte)'t' => '\t',
            _ => (char)kind,
        };
    }

    private static int FirstInvalid(ReadOnlySpan<byte> text)
    {
        int position = 0;
        while (Rune.DecodeFromUtf8(text[position..], out _, out int length) == OperationStatus.Done)
            position += length;
        return position;
    }
}
