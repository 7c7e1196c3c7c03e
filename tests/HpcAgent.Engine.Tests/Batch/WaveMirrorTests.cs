using System.Security.Cryptography;
using System.Text;
using HpcAgent.Engine.Aggregation;
using HpcAgent.Engine.Batch;
using HpcAgent.Engine.Clusters;
using HpcAgent.Engine.Runs;
using HpcAgent.Engine.Storage;

namespace HpcAgent.Engine.Tests.Batch;

public sealed class WaveMirrorTests : IDisposable
{
    private readonly TempFolder _folder = new();

    private WaveMirror Mirror => new(View());

    [Fact]
    public async Task What_arrived_is_checked_and_known_afterwards()
    {
        PackedWave[] waves = [Arrive(0, "a\n"), Arrive(2, "b\n")];
        IReadOnlyList<PackedWave> taken = await Mirror.TakeAsync(_folder["in"], waves, CancellationToken.None);
        Assert.Equal(waves.Select(wave => wave with { Sha256 = Sha(wave.Index) }), taken);
        Assert.Equal(taken, Mirror.Load());
        Assert.Equal("b\n", await File.ReadAllTextAsync(Path.Combine(Mirror.Folder, "2.ndjson")));
        // The second time only one comes.
        PackedWave[] later = [waves[0], Arrive(2, "b\nc\n")];
        File.Delete(_folder["in/0.ndjson"]);
        taken = await Mirror.TakeAsync(_folder["in"], later, CancellationToken.None);
        Assert.Equal(later.Select(wave => wave with { Sha256 = Sha(wave.Index) }), taken);
        Assert.Equal(taken, Mirror.LoadAll());
    }

    [Fact]
    public async Task A_pack_that_is_not_what_was_sent_or_did_not_come_is_refused_and_what_was_here_stays_known()
    {
        PackedWave first = Arrive(0, "a\n");
        IReadOnlyList<PackedWave> taken = await Mirror.TakeAsync(_folder["in"], [first], CancellationToken.None);
        PackedWave damaged = Arrive(1, "b\n") with { Crc = 1 };
        _ = await Assert.ThrowsAsync<InvalidDataException>(() => Mirror.TakeAsync(_folder["in"], [first, damaged], CancellationToken.None));
        _ = await Assert.ThrowsAsync<InvalidDataException>(() => Mirror.TakeAsync(null, [first, damaged with { Index = 2 }], CancellationToken.None));
        Assert.Equal(taken, Mirror.Load());
        File.WriteAllText(Path.Combine(Mirror.Folder, "0.ndjson"), "longer\n");
        Assert.Empty(Mirror.Load());
        Assert.Null(Mirror.LoadAll());
    }

    [Fact]
    public async Task What_is_said_of_another_run_or_cannot_be_read_counts_for_nothing()
    {
        _ = await Mirror.TakeAsync(_folder["in"], [Arrive(0, "a\n")], CancellationToken.None);
        string manifest = Path.Combine(View().Layout.Root, WaveManifest.FileName);
        string text = File.ReadAllText(manifest);
        File.WriteAllText(manifest, text.Replace("\"f00d\"", "\"beef\"", StringComparison.Ordinal));
        Assert.Empty(Mirror.Load());
        File.WriteAllText(manifest, text[..^9]);
        Assert.Empty(Mirror.Load());
        File.WriteAllText(manifest, text);
        _ = Assert.Single(Mirror.Load());
    }

    public void Dispose() => _folder.Dispose();

    private string Sha(int index) => Convert.ToHexString(SHA256.HashData(File.ReadAllBytes(Path.Combine(Mirror.Folder, $"{index}.ndjson")))).ToLowerInvariant();

    private RunView View()
    {
        Run run = new()
        {
            RunId = "r",
            Cluster = "c",
            TaskCount = 30_000,
            CmdSha = "",
            IdentitySha = "f00d",
            Command = "",
            ExperimentPath = "/x",
            RemotePath = "/y",
            ResultPath = "",
            SubmittedAt = DateTimeOffset.UnixEpoch,
        };
        return new RunView(new RunRecord { Run = run, Journal = new JournalState { RunId = "r" } }, new RunLayout(_folder["mirror"], "r"));
    }

    private PackedWave Arrive(int index, string content)
    {
        _ = _folder.Write($"in/{index}.ndjson", content);
        byte[] bytes = Encoding.UTF8.GetBytes(content);
        return new PackedWave(index, PosixCrc.Compute(bytes), bytes.Length, 1, 0, 0, IsFresh: false);
    }
}
