using System.Text;

namespace HpcAgent.Engine.Runs;

/// <summary>The snake_case names that enum values have in JSON.</summary>
/// <typeparam name="T">The enum.</typeparam>
internal static class SnakeCase<T>
    where T : struct, Enum
{
    private static readonly Dictionary<T, string> Names = Enum.GetValues<T>().ToDictionary(value => value, value => Convert(value.ToString()));
    private static readonly Dictionary<string, T> Values = Names.ToDictionary(pair => pair.Value, pair => pair.Key, StringComparer.Ordinal);

    internal static string Write(T value) => Names[value];

    internal static T? TryRead(string? text) => text is not null && Values.TryGetValue(text, out var value) ? value : null;

    private static string Convert(string name)
    {
        var result = new StringBuilder();
        foreach (var character in name)
        {
            if (char.IsAsciiLetterUpper(character) && result.Length > 0)
                result.Append('_');
            result.Append(char.ToLowerInvariant(character));
        }

        return result.ToString();
    }
}
