using HpcAgent.Engine.Preflight;
using HpcAgent.Engine.Tests.Clusters;

namespace HpcAgent.Engine.Tests.Preflight;

public sealed class ConfigurationChecksTests
{
    [Theory]
    [InlineData("c: {scheduler: slurm}", true, "")]
    [InlineData("c: [", false, CheckName.ConfigurationParses)]
    [InlineData("d: {scheduler: slurm}", false, CheckName.ClusterKnown)]
    [InlineData("c: {scheduler: slurm, host: <your_host>}", false, CheckName.Customized)]
    [InlineData("c: {scheduler: pbs}", false, CheckName.ConfigurationValid)]
    public void Each_mistake_has_a_check_of_its_own(string yaml, bool isUsable, string failed)
    {
        using SiteFixture fixture = new(yaml);
        CheckList checks = new("c", TimeProvider.System);
        Assert.Equal(isUsable, ConfigurationChecks.Look(checks, fixture.Open(), "c"));
        Assert.Equal(failed, checks.Checks.SingleOrDefault(c => c.State == ClusterCheckState.Failed)?.Name ?? "");
        Assert.All(checks.Checks, c => Assert.Equal(c.State == ClusterCheckState.Failed, c.Remediation is not null));
    }

    [Fact]
    public void Keys_without_effect_are_a_warning()
    {
        using SiteFixture fixture = new("c: {scheduler: slurm, walltime_arbitrage: true}");
        CheckList checks = new("c", TimeProvider.System);
        Assert.True(ConfigurationChecks.Look(checks, fixture.Open(), "c"));
        Assert.Contains("walltime_arbitrage", Assert.Single(checks.Checks, c => c.State == ClusterCheckState.Warning).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_mistyped_name_gets_the_near_one()
    {
        using SiteFixture fixture = new("discovery: {scheduler: slurm}");
        CheckList checks = new("discovry", TimeProvider.System);
        Assert.False(ConfigurationChecks.Look(checks, fixture.Open(), "discovry"));
        Assert.Contains("Did you mean 'discovery'?", checks.Checks[^1].Message, StringComparison.Ordinal);
    }
}
