using System.Globalization;
using System.Text;

namespace HpcAgent.Engine.Reporting;

/// <summary>Makes text of any origin safe to look at: what would hide, reorder or break text is shown by its number.</summary>
internal static class VisibleText
{
    /// <summary>
    /// The text with every control character but tab and line feed, every sign that turns the direction of text or has no width (but the joiners that scripts need), and every character that XML does
    /// not allow, written as <c>⟨U+202E⟩</c>.
    /// </summary>
    /// <param name="text">The text.</param>
    public static string Of(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        if (!NeedsWork(text)) return text;
        StringBuilder shown = new(text.Length + 16);
        foreach (Rune rune in text.EnumerateRunes())
        {
            if (IsHidden(rune)) _ = shown.Append(CultureInfo.InvariantCulture, $"⟨U+{rune.Value:X4}⟩");
            else _ = shown.Append(rune.ToString());
        }
        return shown.ToString();
    }

    /// <summary>The beginning of a text, and an ellipsis if that is not all.</summary>
    /// <param name="text">The text.</param>
    /// <param name="most">How many UTF-16 units at most.</param>
    public static string Clip(string text, int most)
    {
        if (text.Length <= most) return text;
        int end = char.IsHighSurrogate(text[most - 2]) ? most - 2 : most - 1;
        return text[..end] + "…";
    }

    private static bool NeedsWork(string text)
    {
        foreach (char c in text)
            if (c is < ' ' or (>= '\u007f' and <= '\u009f') or '\u00ad' or '\u061c' or (>= '\u180b' and <= '\u180f') or (>= '\u200b' and <= '\u206f') || c >= '\ud800') return true;
        return false;
    }

    private static bool IsHidden(Rune rune) => rune.Value switch
    {
        '\t' or '\n' => false,
        < ' ' or (>= 0x7f and <= 0x9f) => true,
        // The joiners belong to scripts and to emoji.
        0x200c or 0x200d => false,
        0x2028 or 0x2029 or (>= 0xfff9 and <= 0xfffb) or (>= 0xe0000 and <= 0xe0fff) => true,
        _ => (rune.Value & 0xfffe) == 0xfffe || Rune.GetUnicodeCategory(rune) == UnicodeCategory.Format,
    };
}
