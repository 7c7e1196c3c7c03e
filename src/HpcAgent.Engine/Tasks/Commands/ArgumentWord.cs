using System.Globalization;
using System.Text;

namespace HpcAgent.Engine.Tasks;

/// <summary>Turns one argument, in which only placeholders and doubled braces mean anything, into one word of a shell.</summary>
internal static class ArgumentWord
{
    public static string Translate(string argument, int index, PlaceholderNames names)
    {
        var word = new StringBuilder();
        var literal = new StringBuilder();
        var openEscapes = 0;
        string Place(int at) => string.Create(CultureInfo.InvariantCulture, $"in argument {index} ('{argument}')");
        for (var at = 0; at < argument.Length;)
        {
            var c = argument[at];
            var doubled = at + 1 < argument.Length && argument[at + 1] == c;
            var afterDollar = at > 0 && argument[at - 1] == '$';
            if (c == '{' && !afterDollar)
            {
                if (doubled)
                {
                    openEscapes++;
                    literal.Append(c);
                    at += 2;
                    continue;
                }

                if (names.Match(argument, at, Place) is { } placeholder)
                {
                    Flush(word, literal);
                    word.Append("\"${").Append(placeholder.Variable).Append("}\"");
                    at += placeholder.Length;
                    continue;
                }
            }

            var closes = c == '}' && doubled && openEscapes > 0;
            if (closes) openEscapes--;
            literal.Append(c);
            at += closes ? 2 : 1;
        }

        Flush(word, literal);
        return word.Length > 0 ? word.ToString() : "''";
    }

    private static void Flush(StringBuilder word, StringBuilder literal)
    {
        if (literal.Length > 0) word.Append(ShellQuote.WhereNeeded(literal.ToString()));
        literal.Clear();
    }
}
