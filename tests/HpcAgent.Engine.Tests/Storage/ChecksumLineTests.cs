using System.Text;
using FsCheck;
using FsCheck.Fluent;
using HpcAgent.Engine.Storage;

namespace HpcAgent.Engine.Tests.Storage;

public sealed class ChecksumLineTests
{
    private static byte[] Encode(params string[] texts)
    {
        using var stream = new MemoryStream();
        foreach (var text in texts)
            ChecksumLine.Write(Encoding.UTF8.GetBytes(text), stream);
        return stream.ToArray();
    }

    private static string[] Texts(ChecksumLines lines) => [.. lines.Lines.Select(line => Encoding.UTF8.GetString(line.Text.Span))];

    [Theory]
    [InlineData("", 4294967295u)]
    [InlineData("123456789", 930766865u)]
    [InlineData("The quick brown fox jumps over the lazy dog", 2074844392u)]
    public void The_checksum_is_that_of_the_posix_tool_cksum(string text, uint expected) =>
        Assert.Equal(expected, PosixCrc.Compute(Encoding.ASCII.GetBytes(text)));

    [SkippableFact]
    public async Task A_line_made_by_a_shell_with_cksum_is_read()
    {
        Skip.If(OperatingSystem.IsWindows(), "needs a POSIX shell");
        const string script = """for text in '' a 'start	7	1' '{"a":"\u00e9"}' "$(printf %0300d 7)"; do set -- $(printf %s "$text" | cksum); printf '%s\t%08x\n' "$text" "$1"; done""";
        var output = await ChildProcess.RunAsync("sh", null, "-c", script);

        var lines = ChecksumLines.Read(Encoding.UTF8.GetBytes(output));

        Assert.Empty(lines.Damaged);
        Assert.Equal(["", "a", "start\t7\t1", """{"a":"\u00e9"}""", new string('0', 299) + "7"], Texts(lines));
    }

    [Fact]
    public void What_is_written_is_read()
    {
        Prop.ForAll<string[]>(values =>
        {
            var texts = values.Select(value => (value ?? "").Replace('\n', ' ')).Select(value => Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(value))).ToArray();
            var lines = ChecksumLines.Read(Encode(texts));
            return lines.Damaged.Count == 0 && !lines.HasTornTail && Texts(lines).SequenceEqual(texts);
        }).QuickCheckThrowOnFailure();
    }

    [Fact]
    public void A_text_with_a_newline_is_refused() => Assert.Throws<ArgumentException>(() => Encode("a\nb"));

    [Fact]
    public void Every_flipped_byte_is_noticed_and_spares_the_other_lines()
    {
        var texts = new[] { """{"seq":1}""", """{"seq":2,"x":"\t"}""", "", """{"seq":4}""", "a\tb" };
        var good = Encode(texts);
        for (var i = 0; i < good.Length; i++)
        {
            for (var mask = 1; mask < 256; mask++)
            {
                var bad = (byte[])good.Clone();
                bad[i] ^= (byte)mask;
                var lines = ChecksumLines.Read(bad);
                var line = good.AsSpan(0, i).Count((byte)'\n');
                var others = texts.Where((_, index) => index != line);
                var found = Texts(lines);

                Assert.True(lines.Damaged.Count > 0 || lines.HasTornTail || found.SequenceEqual(texts), $"byte {i}, mask {mask}");
                Assert.True(found.SequenceEqual(texts) || found.SequenceEqual(others), $"byte {i}, mask {mask}: {string.Join('|', found)}");
            }
        }
    }

    [Fact]
    public void A_torn_last_line_is_left_out_at_every_length()
    {
        var good = Encode("one", "two");
        var first = Encode("one").Length;
        for (var length = first + 1; length < good.Length - 1; length++)
        {
            var lines = ChecksumLines.Read(good.AsMemory(0, length));
            Assert.Equal(["one"], Texts(lines));
            Assert.True(lines.HasTornTail);
            Assert.Equal(first, lines.CompleteLength);
            Assert.Empty(lines.Damaged);
        }
    }

    [Fact]
    public void A_last_line_that_lacks_only_its_newline_counts_unless_the_file_is_growing()
    {
        var data = Encode("one", "two").AsMemory();
        Assert.Equal(["one", "two"], Texts(ChecksumLines.Read(data[..^1])));
        var growing = ChecksumLines.Read(data[..^1], isGrowing: true);
        Assert.Equal(["one"], Texts(growing));
        Assert.True(growing.HasTornTail);
        Assert.Equal(["two"], Texts(ChecksumLines.Read(data[(int)growing.CompleteLength..], isGrowing: true)));
    }

    [Fact]
    public void Damage_is_placed_by_line_and_byte()
    {
        var data = Encode("one", "two", "three");
        var start = Encode("one").Length;
        data[start] ^= 1;
        var damaged = Assert.Single(ChecksumLines.Read(data).Damaged);
        Assert.Equal((start, 2), (damaged.Offset, damaged.LineNumber));
    }

    [Fact]
    public void Any_garbage_between_lines_costs_no_line()
    {
        Prop.ForAll<byte[]>(garbage =>
        {
            byte[] data = [.. Encode("one"), .. garbage, (byte)'\n', .. Encode("two")];
            var texts = Texts(ChecksumLines.Read(data));
            return texts[0] == "one" && texts[^1] == "two";
        }).QuickCheckThrowOnFailure();
    }

    [Fact]
    public void Zeros_left_by_a_power_cut_are_damage()
    {
        var lines = ChecksumLines.Read((byte[])[.. Encode("one"), .. new byte[512], (byte)'\n', .. Encode("two")]);
        Assert.Equal(["one", "two"], Texts(lines));
        Assert.Single(lines.Damaged);
    }
}
