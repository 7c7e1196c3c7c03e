using HpcAgent.Engine.Local;

namespace HpcAgent.Engine.Tests.Local;

/// <summary>A supervisor takes a while to start on a busy machine; those who look meanwhile must not start one more each time.</summary>
public sealed class SupervisorStartTests : IDisposable
{
    private readonly TempFolder _folder = new();
    private readonly LocalFolder _local;
    private readonly LocalCluster _cluster;

    public SupervisorStartTests()
    {
        _local = new LocalFolder(_folder["local"]);
        _folder.Write("program/slow", $"#!/bin/sh\necho $$ >>'{_folder["starts"]}'\nexec sleep 1000\n");
        if (!OperatingSystem.IsWindows()) TempFolder.SetMode(_folder["program/slow"], 0b111_101_101);
        _cluster = new LocalCluster(_local, _folder["bin"], new SupervisorProgram(_folder["program"], "slow", []), new SupervisorOptions());
    }

    public void Dispose()
    {
        foreach (string pid in Starts()) ProcessTable.EndTree(int.Parse(pid, System.Globalization.CultureInfo.InvariantCulture));
        _folder.Dispose();
    }

    [SkippableFact]
    public async Task One_that_is_still_starting_is_waited_for_and_one_that_died_is_replaced()
    {
        Skip.If(OperatingSystem.IsWindows(), "needs a shell");
        await _cluster.EnsureSupervisorAsync(CancellationToken.None);
        await Task.Delay(300);
        Assert.Empty(Starts());
        _local.Enqueue("job", _folder["run"]);
        for (int i = 0; i < 5; i++) await _cluster.EnsureSupervisorAsync(CancellationToken.None);
        string first = Assert.Single(await StartsAsync(1));
        ProcessTable.EndTree(int.Parse(first, System.Globalization.CultureInfo.InvariantCulture));
        for (int i = 0; i < 100 && Starts().Length < 2; i++)
        {
            await _cluster.EnsureSupervisorAsync(CancellationToken.None);
            await Task.Delay(50);
        }
        Assert.Equal(2, Starts().Length);
        for (int i = 0; i < 5; i++) await _cluster.EnsureSupervisorAsync(CancellationToken.None);
        await Task.Delay(300);
        Assert.Equal(2, Starts().Length);
    }

    private async Task<string[]> StartsAsync(int least)
    {
        for (int i = 0; i < 200 && Starts().Length < least; i++) await Task.Delay(50);
        await Task.Delay(300);
        return Starts();
    }

    private string[] Starts() => File.Exists(_folder["starts"]) ? File.ReadAllLines(_folder["starts"]) : [];
}
