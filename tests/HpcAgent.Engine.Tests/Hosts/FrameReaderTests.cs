using System.Text;
using FsCheck;
using FsCheck.Fluent;
using HpcAgent.Engine.Hosts;

namespace HpcAgent.Engine.Tests.Hosts;

public sealed class FrameReaderTests
{
    private const string Boundary = "0123456789abcdef0123456789abcdef";
    private const string Other = "0123456789abcdef0123456789abcdee";

    [Fact]
    public void Any_bytes_in_any_pieces_come_back_as_they_were_sent()
    {
        // Pieces of marks are the bytes most likely to be taken for one.
        var bytes = Gen.OneOf(
            Gen.Elements(
                "\n", Boundary[..31], Boundary, Boundary[..16] + Boundary, Other + ">end 3\n", ">part x\n", Boundary + ">pert x\n", Boundary + ">end x\n", Boundary + ">\n", "\0", "\u00ff"),
            ArbMap.Default.GeneratorFor<byte[]>().Select(content => Encoding.Latin1.GetString(content))).Select(Encoding.Latin1.GetBytes);
        var content = bytes.ListOf().Select(list => list.SelectMany(part => part).ToArray()).Where(Unmarked);
        var parts = content.ListOf();
        var sizes = Gen.NonEmptyListOf(Gen.Choose(1, 80));
        Prop.ForAll(Gen.Zip(parts, sizes).ToArbitrary(), sample =>
        {
            var (contents, pieces) = sample;
            var stream = Bytes("noise\n" + Other + ">begin 0\n", Boundary[..20], Boundary, ">begin 0\n");
            for (var i = 0; i < contents.Count; i++)
                stream = [.. stream, .. Bytes($"{Boundary}>part p{i}\n"), .. contents[i]];
            stream = [.. stream, .. Bytes($"{Boundary}>end 42\n{Boundary}>part late\nbye\n")];
            var (frame, found) = Read(stream, pieces);
            return frame.ExitStatus == 42 && found.Count == contents.Count
                && found.Select((part, i) => part.Name == $"p{i}" && part.Content.Span.SequenceEqual(contents[i])).All(same => same);
        }).QuickCheckThrowOnFailure();
    }

    [Fact]
    public void Without_the_first_mark_nothing_is_believed()
    {
        var (frame, parts) = Read(Bytes($"hello\n{Boundary}>part a\nb{Boundary}>end 0\n"), [1000]);
        Assert.False(frame.HasBegun);
        Assert.Null(frame.ExitStatus);
        Assert.Empty(parts);
        Assert.StartsWith("hello", frame.Preface, StringComparison.Ordinal);
    }

    [Fact]
    public void An_answer_without_its_last_mark_is_not_whole()
    {
        var whole = Bytes($"{Boundary}>begin 0\nabc{Boundary}>end 0\n");
        for (var length = 0; length < whole.Length; length++)
            Assert.Null(Read(whole[..length], [7]).Frame.ExitStatus);
        Assert.Equal(0, Read(whole, [7]).Frame.ExitStatus);
    }

    [Fact]
    public void What_looks_like_a_mark_and_never_ends_is_content()
    {
        var content = Boundary + ">end " + new string('9', 300_000);
        var (frame, parts) = Read(Bytes($"{Boundary}>begin 0\n{content}{Boundary}>end 1\n"), [1000, 33]);
        Assert.Equal(1, frame.ExitStatus);
        Assert.Equal(content, Encoding.ASCII.GetString(Assert.Single(parts).Content.Span));
    }

    [Fact]
    public void Parts_beyond_the_limit_are_refused_unless_they_go_elsewhere()
    {
        var stream = Bytes($"{Boundary}>begin 0\n{Boundary}>part a\n12345{Boundary}>part b\n67890{Boundary}>end 0\n");
        Assert.Equal(10, Assert.Throws<AnswerTooLargeException>(() => Read(Bytes($"{Boundary}>begin 0\n12345678901{Boundary}>end 0\n"), [5], 10)).Limit);
        Assert.Equal(2, Read(stream, [5], 10).Parts.Count);
        using var elsewhere = new MemoryStream();
        var (_, parts) = Read(stream, [5], 5, name => name == "b" ? elsewhere : null);
        Assert.Equal("67890", Encoding.ASCII.GetString(elsewhere.ToArray()));
        Assert.Equal([5, 0], parts.Select(part => part.Content.Length));
    }

    private static (FrameReader Frame, IReadOnlyList<AnswerPart> Parts) Read(
        byte[] stream, List<int> pieces, long limit = long.MaxValue, Func<string, Stream?>? receive = null)
    {
        var answer = new AnswerCollector(limit, receive);
        var frame = new FrameReader(Boundary, answer);
        for (var (start, i) = (0, 0); start < stream.Length && frame.ExitStatus is null; i++)
        {
            var piece = stream.AsSpan(start, Math.Min(pieces[i % pieces.Count], stream.Length - start));
            piece.CopyTo(frame.Free.Span);
            frame.Advance(piece.Length);
            start += piece.Length;
        }

        frame.Complete();
        return (frame, answer.Parts);
    }

    private static bool Unmarked(byte[] content)
    {
        var text = Encoding.Latin1.GetString(content);
        return !text.Contains(Boundary + ">end 3", StringComparison.Ordinal) && !text.Contains(Boundary + ">part x", StringComparison.Ordinal);
    }

    private static byte[] Bytes(params string[] texts) => Encoding.ASCII.GetBytes(string.Concat(texts));
}
