using System.Text;
using HpcAgent.Engine.Batch;
using HpcAgent.Engine.Clusters;
using HpcAgent.Engine.Storage;

namespace HpcAgent.Engine.Tests.Batch;

public sealed class WaveMirrorTests : IDisposable
{
    private readonly TempFolder _folder = new();

    [Fact]
    public async Task What_arrived_is_checked_and_known_afterwards()
    {
        WaveMirror mirror = new(_folder["waves"]);
        PackedWave[] waves = [Arrive(0, "a\n"), Arrive(2, "b\n")];
        await mirror.TakeAsync(_folder["in"], waves, CancellationToken.None);
        Assert.Equal(waves, new WaveMirror(_folder["waves"]).Load());
        Assert.Equal("b\n", await File.ReadAllTextAsync(_folder["waves/2.ndjson"]));
        // The second time only one comes.
        PackedWave[] later = [waves[0], Arrive(2, "b\nc\n")];
        await mirror.TakeAsync(_folder["in"], later, CancellationToken.None);
        Assert.Equal(later, mirror.Load());
    }

    [Fact]
    public async Task A_pack_that_is_not_what_was_sent_or_did_not_come_is_refused_and_what_was_here_stays_known()
    {
        WaveMirror mirror = new(_folder["waves"]);
        PackedWave first = Arrive(0, "a\n");
        await mirror.TakeAsync(_folder["in"], [first], CancellationToken.None);
        PackedWave damaged = Arrive(1, "b\n") with { Crc = 1 };
        _ = await Assert.ThrowsAsync<InvalidDataException>(() => mirror.TakeAsync(_folder["in"], [first, damaged], CancellationToken.None));
        _ = await Assert.ThrowsAsync<InvalidDataException>(() => mirror.TakeAsync(null, [first, damaged with { Index = 2 }], CancellationToken.None));
        Assert.Equal([first], mirror.Load());
        File.WriteAllText(_folder["waves/0.ndjson"], "longer\n");
        Assert.Empty(mirror.Load());
    }

    public void Dispose() => _folder.Dispose();

    private PackedWave Arrive(int index, string content)
    {
        _ = _folder.Write($"in/{index}.ndjson", content);
        byte[] bytes = Encoding.UTF8.GetBytes(content);
        return new PackedWave(index, PosixCrc.Compute(bytes), bytes.Length, 1, 0, 0, IsFresh: false);
    }
}
