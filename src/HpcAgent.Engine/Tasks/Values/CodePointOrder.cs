using System.Text;

namespace HpcAgent.Engine.Tasks;

/// <summary>Orders text by code point, as Python does. Ordinal order of UTF-16 puts U+1F600 before U+FFFD; this does not.</summary>
internal sealed class CodePointOrder : IComparer<string>
{
    public static readonly CodePointOrder Instance = new();

    public int Compare(string? x, string? y)
    {
        if (x is null || y is null) return x is null ? (y is null ? 0 : -1) : 1;
        var shared = x.AsSpan().CommonPrefixLength(y);
        if (shared == x.Length || shared == y.Length) return x.Length.CompareTo(y.Length);
        if (!char.IsSurrogate(x[shared]) && !char.IsSurrogate(y[shared])) return x[shared].CompareTo(y[shared]);
        var start = shared > 0 && char.IsHighSurrogate(x[shared - 1]) ? shared - 1 : shared;
        return CodePoint(x, start, shared).CompareTo(CodePoint(y, start, shared));
    }

    /// <summary>The code point that holds the first difference; half a pair counts as itself, as in Python.</summary>
    private static int CodePoint(string text, int start, int difference)
    {
        if (Rune.TryGetRuneAt(text, start, out var rune) && start + rune.Utf16SequenceLength > difference) return rune.Value;
        return Rune.TryGetRuneAt(text, difference, out rune) ? rune.Value : text[difference];
    }
}
