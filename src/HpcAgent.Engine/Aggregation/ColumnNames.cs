namespace HpcAgent.Engine.Aggregation;

/// <summary>Names of columns that differ, also without regard to case, as neither PowerShell nor people tell it apart.</summary>
internal static class ColumnNames
{
    private const string Prefix = "metric.";

    /// <summary>Keeps the first of equal names and puts <c>metric.</c> before each later one, until no other is equal to it.</summary>
    /// <param name="names">The names, those of parameters first.</param>
    /// <returns>As many names.</returns>
    public static string[] Distinct(IReadOnlyList<string> names)
    {
        // A name that someone else has is not taken from them, even if theirs comes later.
        HashSet<string> wanted = new(names, StringComparer.OrdinalIgnoreCase);
        HashSet<string> taken = new(StringComparer.OrdinalIgnoreCase);
        string[] distinct = [.. names];
        for (int i = 0; i < distinct.Length; i++)
        {
            if (taken.Add(distinct[i])) continue;
            while (wanted.Contains(distinct[i]) || taken.Contains(distinct[i])) distinct[i] = Prefix + distinct[i];
            _ = taken.Add(distinct[i]);
        }
        return distinct;
    }
}
