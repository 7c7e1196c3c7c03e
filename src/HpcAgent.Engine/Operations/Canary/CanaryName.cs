using System.Globalization;
using System.Text.RegularExpressions;
using HpcAgent.Engine.Runs;
using HpcAgent.Engine.Submission;

namespace HpcAgent.Engine.Operations.Canary;

/// <summary>Names of canaries: that of the run, with <c>-canary</c> behind it, and a number if that is taken.</summary>
internal static partial class CanaryName
{
    private const string Ending = "-canary";
    // So that the ending fits behind a name that is made.
    private const int MostNameCharacters = 80;

    /// <summary>A free name for a new canary.</summary>
    /// <param name="store">The runs.</param>
    /// <param name="main">The run that it goes before.</param>
    /// <param name="now">The time.</param>
    /// <param name="cancellationToken">Ends the search.</param>
    public static async Task<string> NewAsync(RunStore store, RunDraft main, DateTimeOffset now, CancellationToken cancellationToken)
    {
        for (DateTimeOffset time = now; ; time = time.AddSeconds(1))
        {
            string run = main.Spec.RunId ?? RunId.Create(main.Spec.Name[..Math.Min(MostNameCharacters, main.Spec.Name.Length)], time, main.IdentitySha);
            if (main.Spec.RunId is null && (await IsTakenAsync(store, run, cancellationToken) || await IsTakenAsync(store, run + Ending, cancellationToken))) continue;
            string name = run + Ending;
            for (int n = 2; await IsTakenAsync(store, name, cancellationToken); n++) name = string.Create(CultureInfo.InvariantCulture, $"{run}{Ending}-{n}");
            return RunId.Require(name);
        }
    }

    /// <summary>The name of the run that a canary goes before, if that name was made for this run and is free; else null.</summary>
    /// <param name="store">The runs.</param>
    /// <param name="main">The run.</param>
    /// <param name="canary">The name of its canary.</param>
    /// <param name="cancellationToken">Ends the search.</param>
    public static async Task<string?> MainAsync(RunStore store, RunDraft main, string canary, CancellationToken cancellationToken)
    {
        string name = EndingPattern().Replace(canary, "");
        bool isOfMain = name.Length < canary.Length && name.EndsWith(main.IdentitySha[..8], StringComparison.Ordinal);
        return isOfMain && !await IsTakenAsync(store, name, cancellationToken) ? name : null;
    }

    private static async Task<bool> IsTakenAsync(RunStore store, string name, CancellationToken cancellationToken) =>
        RunId.IsValid(name) && await store.FindAsync(name, cancellationToken) is not null;

    [GeneratedRegex(@"-canary(-[0-9]+)?\z", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex EndingPattern();
}
