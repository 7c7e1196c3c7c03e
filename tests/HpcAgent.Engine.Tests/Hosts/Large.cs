using System.Security.Cryptography;
using HpcAgent.Engine.Hosts;

namespace HpcAgent.Engine.Tests.Hosts;

/// <summary>More bytes than any buffer holds, each way.</summary>
internal static class Large
{
    private const int Up = 100 << 20;
    private const int Down = 50 << 20;
    private const string SumOfAll = "sum";
    private static readonly byte[] s_block = MakeBlock();

    /// <summary>Answers with the first half of what it reads while it still reads, then with the size of the rest.</summary>
    public static HostScript Script { get; } =
        Scripts.Of($"hpc_part big; head -c {Down}; hpc_part {SumOfAll}; wc -c") with { Payload = WriteAsync, Deadline = TimeSpan.FromMinutes(3) };

    public static async Task WriteAsync(Stream stream, CancellationToken cancellation)
    {
        for (var i = 0; i < Up / s_block.Length; i++)
            await stream.WriteAsync(s_block, cancellation);
    }

    public static void Check(HostAnswer answer)
    {
        Assert.Equal(0, answer.ExitCode);
        var big = answer.Find("big")!.Value;
        Assert.Equal(Down, big.Length);
        for (var i = 0; i < Down; i += s_block.Length)
            Assert.True(big.Span.Slice(i, s_block.Length).SequenceEqual(s_block), $"differs after byte {i}");
        Assert.Equal($"{Up - Down}", answer.Text(SumOfAll));
        Assert.InRange(answer.Wire.BytesUp, Up, Up + 1000);
        Assert.InRange(answer.Wire.BytesDown, Down, Down + 10_000);
    }

    private static byte[] MakeBlock() => RandomNumberGenerator.GetBytes(1 << 20);
}
