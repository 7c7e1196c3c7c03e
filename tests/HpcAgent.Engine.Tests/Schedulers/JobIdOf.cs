using HpcAgent.Engine.Schedulers;

namespace HpcAgent.Engine.Tests.Schedulers;

/// <summary>The id that the shell of a cluster reads in what a submission printed.</summary>
internal static class JobIdOf
{
    public static async Task<string?> TextAsync(string output)
    {
        using StandIn cluster = new();
        (int exit, string id, string errors) = await cluster.RunAsync($"printf '%s' '{output.Replace("'", "'\\''", StringComparison.Ordinal)}' | {JobIdText.Read}");
        Assert.Equal((0, ""), (exit, errors));
        return id.Length == 0 ? null : id.TrimEnd('\n');
    }
}
