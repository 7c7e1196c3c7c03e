namespace HpcAgent.Engine.Tests.NodeScripts;

/// <summary>The shells of this machine under which the dispatcher must run.</summary>
internal static class NodeShells
{
    public static bool Has(string program) =>
        (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':').Any(folder => File.Exists(Path.Combine(folder, program)));

    /// <summary>Skips the test where the shell is missing.</summary>
    public static void Require(string shell) => Skip.IfNot(Has(shell.Split(' ')[0]), $"{shell} is not on this machine");
}
