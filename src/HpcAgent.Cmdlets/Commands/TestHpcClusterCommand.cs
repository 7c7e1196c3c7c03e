using System.Management.Automation;
using HpcAgent.Engine.Operations;
using HpcAgent.Engine.Operations.Preflight;

namespace HpcAgent.Cmdlets;

[Cmdlet(VerbsDiagnostic.Test, "HpcCluster")]
[OutputType(typeof(ClusterCheck))]
public sealed class TestHpcClusterCommand : EngineCmdlet
{
    [Parameter(Position = 0)]
    [SupportsWildcards]
    [ArgumentCompleter(typeof(ClusterNameCompleter))]
    public string[] Name { get; set; } = ["*"];

    [Parameter]
    public SwitchParameter Job { get; set; }

    [Parameter]
    public SwitchParameter Force { get; set; }

    protected override void EndProcessing()
    {
        string path = ResolvePath(null);
        RunEngine(
            async token =>
            {
                OperationContext context = Context(path);
                HashSet<string> seen = new(StringComparer.Ordinal);
                foreach (string name in Name.SelectMany(name => Found(name, context)).Where(seen.Add)) await TestAsync(name, context, token);
            },
            Name);
    }

    // A name that is not there is a finding too.
    private static string[] Found(string name, OperationContext context)
    {
        if (!WildcardPattern.ContainsWildcardCharacters(name)) return [name];
        WildcardPattern wanted = WildcardPattern.Get(name, WildcardOptions.IgnoreCase);
        return [.. context.ClusterNames.Where(wanted.IsMatch)];
    }

    private async Task TestAsync(string name, OperationContext context, CancellationToken token)
    {
        Show(new ProgressRecord(1, "Testing clusters", name));
        PreflightRequest request = new() { Cluster = name, Job = Job, Force = Force };
        PreflightResult result = await new PreflightOperation().ExecuteAsync(request, context, token);
        if (result.IsCached) await OnPipelineAsync(() => WriteVerbose($"{name} passed at {result.CheckedAt:u}; -Force asks anew"));
        foreach (ClusterCheck check in result.Checks) await WriteAsync(check);
    }
}
