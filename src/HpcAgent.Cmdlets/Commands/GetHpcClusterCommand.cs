using System.Management.Automation;
using HpcAgent.Engine.Operations;

namespace HpcAgent.Cmdlets;

[Cmdlet(VerbsCommon.Get, "HpcCluster")]
[OutputType(typeof(ClusterInfo))]
public sealed class GetHpcClusterCommand : EngineCmdlet
{
    [Parameter(Position = 0)]
    [SupportsWildcards]
    [ArgumentCompleter(typeof(ClusterNameCompleter))]
    public string[] Name { get; set; } = ["*"];

    [Parameter]
    public SwitchParameter Refresh { get; set; }

    protected override void EndProcessing()
    {
        string path = ResolvePath(null);
        RunEngine(
            async token =>
            {
                OperationContext context = Context(path);
                foreach (string name in Name)
                {
                    WildcardPattern wanted = WildcardPattern.Get(name, WildcardOptions.IgnoreCase);
                    string[] found = [.. context.ClusterNames.Where(wanted.IsMatch)];
                    if (found.Length == 0 && !WildcardPattern.ContainsWildcardCharacters(name))
                    {
                        await WriteErrorAsync(context.UnknownCluster(name), name);
                    }
                    foreach (string cluster in found) await DescribeAsync(context, cluster, token);
                }
            },
            Name);
    }

    // A cluster that cannot be used does not hide the others.
    private async Task DescribeAsync(OperationContext context, string name, CancellationToken token)
    {
        try
        {
            Engine.Clusters.ICluster cluster = context.Cluster(name);
            if (Refresh) await cluster.PrepareAsync(isFresh: true, token);
            await WriteAsync(cluster.Describe());
        }
        catch (HpcException e)
        {
            await WriteErrorAsync(e, name);
        }
    }
}
