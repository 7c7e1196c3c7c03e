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
        // Where a pair of one text holds the difference, half of it is shared: the other text differs from there on.
        var start = shared > 0 && char.IsHighSurrogate(x[shared - 1]) && (char.IsLowSurrogate(x[shared]) || char.IsLowSurrogate(y[shared])) ? shared - 1 : shared;
        return CodePoint(x, start).CompareTo(CodePoint(y, start));
    }

    /// <summary>The code point at a place; half a pair counts as itself, as in Python.</summary>
    private static int CodePoint(string text, int at) => Rune.TryGetRuneAt(text, at, out var rune) ? rune.Value : text[at];
}
