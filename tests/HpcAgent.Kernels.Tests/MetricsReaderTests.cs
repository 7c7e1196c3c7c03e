using System.Text;

namespace HpcAgent.Kernels.Tests;

public sealed class MetricsReaderTests
{
    private readonly MetricsReader _reader = new(new MetricNames());

    [Fact]
    public void Leaves_are_named_by_their_path_and_classified()
    {
        Assert.Null(Read("""
            {"loss": 0.25, "eval": {"acc": 1, "by": {"class 1": -3e2}}, "tags": ["a", {"x": [1]}, []], "ok": true, "no": false,
             "note": "text", "none": null, "nan": NaN, "up": Infinity, "down": -Infinity, "huge": 1e999, "empty": {}, "": 5}
            """));
        Assert.Equal(
            "loss=0.25 eval.acc=1 eval.by.class 1=-300 tags:Text ok:Text no:Text note:Text none:Null nan:NaN up:Infinite down:Infinite huge:Infinite =5",
            Shown());
        Assert.Equal(1, _reader.Weight);
    }

    [Fact]
    public void The_byte_order_mark_and_escapes_are_understood()
    {
        Assert.Null(Read("\uFEFF \t\r\n{\"a\\u0062\\n\\\"\\/\": 1, \"\\ud83d\\ude00\": 2, \"é\": \"\\ud800 is tolerated in text\"}"));
        Assert.Equal("ab\n\"/=1 \U0001F600=2 é:Text", Shown());
        Assert.Null(Read("{\"ab\\u000a\\\"/\": 3, \"😀\": 4}"));
        Assert.Equal("ab\n\"/=3 \U0001F600=4", Shown());
        Assert.Equal(3, _reader.Names.Count);
    }

    [Fact]
    public void The_order_of_keys_does_not_matter_and_names_are_kept_once()
    {
        foreach (string text in new[]
        {
            """{"a":1,"b":{"a":2,"c":3}}""", """{"b":{"c":3,"a":2},"a":1}""", """{"b":{"a":2},"a":1}""", """{"b":5,"c":1}""", "{}",
        })
            Assert.Null(Read(text));
        Assert.Equal(["a", "b.a", "b.c", "b", "c"], _reader.Names.Names);
    }

    [Theory]
    [InlineData("""{"n_samples": 128, "x": 1}""", 128, null)]
    [InlineData("""{"x": 1, "n_samples": 0.5}""", 0.5, null)]
    [InlineData("""{"x": 1, "n_samples": 0}""", 0, null)]
    [InlineData("""{"x": 1, "n_samples": -4}""", 1, "n_samples is negative")]
    [InlineData("""{"x": 1, "n_samples": true}""", 1, "n_samples is not a number")]
    [InlineData("""{"x": 1, "n_samples": "5"}""", 1, "n_samples is not a number")]
    [InlineData("""{"x": 1, "n_samples": null}""", 1, "n_samples is not a number")]
    [InlineData("""{"x": 1, "n_samples": [3]}""", 1, "n_samples is not a number")]
    [InlineData("""{"x": 1, "n_samples": {"a": {"b": []}}}""", 1, "n_samples is not a number")]
    [InlineData("""{"x": 1, "n_samples": NaN}""", 1, "n_samples is not finite")]
    [InlineData("""{"x": 1, "n_samples": 1e999}""", 1, "n_samples is not finite")]
    public void The_weight_is_taken_from_the_root(string text, double weight, string? problem)
    {
        MetricsProblem? found = Read(text);
        Assert.Equal(weight, _reader.Weight);
        Assert.Equal("x=1", Shown());
        if (problem is null)
            Assert.Null(found);
        else
            Assert.StartsWith(problem, found!.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Below_the_root_n_samples_is_a_metric()
    {
        Assert.Null(Read("""{"eval": {"n_samples": 3}}"""));
        Assert.Equal("eval.n_samples=3", Shown());
    }

    [Theory]
    [InlineData("", "nothing but space", 0, 1, 1)]
    [InlineData(" \n\t", "nothing but space", 3, 2, 2)]
    [InlineData("[1]", "the document is not an object", 0, 1, 1)]
    [InlineData("5", "the document is not an object", 0, 1, 1)]
    [InlineData("{\n  \"a\": 1,\n  \"a\": 2}", "the key \"a\" occurs twice", 14, 3, 3)]
    [InlineData("{\"a\":{\"b\":1},\"a\":{\"c\":1}}", "the key \"a\" occurs twice", 13, 1, 14)]
    [InlineData("{\"a\":{\"b\":1},\"a.b\":2}", "the metric \"a.b\" occurs twice", 19, 1, 20)]
    [InlineData("{\"a\":1,\"\\u0061\":2}", "the key \"a\" occurs twice", 7, 1, 8)]
    [InlineData("{\"n_samples\":1,\"n_samples\":1}", "the key \"n_samples\" occurs twice", 15, 1, 16)]
    [InlineData("{\"a\":1} x", "more text after the document", 8, 1, 9)]
    [InlineData("{\"a\":1}{\"a\":1}", "more text after the document", 7, 1, 8)]
    [InlineData("{\"a\":1,}", "expected a key in quotes", 7, 1, 8)]
    [InlineData("{\"a\":1 \"b\":2}", "expected a comma or a closing brace", 7, 1, 8)]
    [InlineData("{\"a\" 1}", "expected a colon", 5, 1, 6)]
    [InlineData("{a:1}", "expected a key in quotes", 1, 1, 2)]
    [InlineData("{'a':1}", "expected a key in quotes", 1, 1, 2)]
    [InlineData("{\"a\":}", "expected a value", 5, 1, 6)]
    [InlineData("{\"a\":", "the document ends too early", 5, 1, 6)]
    [InlineData("{\"a\":1", "expected a comma or a closing brace", 6, 1, 7)]
    [InlineData("{\"é\":x}", "expected a value", 6, 1, 6)]
    [InlineData("{\"a\":nan}", "expected a value", 5, 1, 6)]
    [InlineData("{\"a\":-inf}", "a number that JSON does not allow", 6, 1, 7)]
    [InlineData("{\"a\":-Inf}", "expected a value", 5, 1, 6)]
    [InlineData("{\"a\":tru}", "expected a value", 5, 1, 6)]
    [InlineData("{\"a\":+1}", "expected a value", 5, 1, 6)]
    [InlineData("{\"a\":01}", "a number that JSON does not allow", 6, 1, 7)]
    [InlineData("{\"a\":0x1}", "expected a comma or a closing brace", 6, 1, 7)]
    [InlineData("{\"a\":[1,]}", "expected a value", 8, 1, 9)]
    [InlineData("{\"a\":[1 2]}", "expected a comma or a closing bracket", 8, 1, 9)]
    [InlineData("{\"a\":[{\"b\"}]}", "expected a colon", 10, 1, 11)]
    [InlineData("{\"a\":\"x", "a string has no end", 5, 1, 6)]
    [InlineData("{\"a\":\"x\ny\"}", "a control character in a string", 7, 1, 8)]
    [InlineData("{\"a\":\"\\x\"}", "an unknown escape in a string", 6, 1, 7)]
    [InlineData("{\"a\":\"\\u12g4\"}", "an unknown escape in a string", 6, 1, 7)]
    [InlineData("{\"\\ud800\":1}", "a key with half of a surrogate pair", 2, 1, 3)]
    [InlineData("{\"a\":1}\0", "more text after the document", 7, 1, 8)]
    [InlineData("{\"a\":1, // no\n\"b\":2}", "expected a key in quotes", 8, 1, 9)]
    public void Bad_documents_are_refused_with_their_place(string text, string message, long offset, int line, int column)
    {
        Assert.Equal(new MetricsProblem(message, offset, line, column), ReadBad(Encoding.UTF8.GetBytes(text)));
    }

    [Fact]
    public void Bad_utf8_is_refused_in_keys_and_text()
    {
        byte[][] bad = [[0xFF], [0xC3], [0xE2, 0x82], [0xED, 0xA0, 0x80], [0xC0, 0x80], [0xF5, 0x80, 0x80, 0x80]];
        foreach (byte[] bytes in bad)
        {
            MetricsProblem key = ReadBad([.. "{\"é"u8, .. bytes, .. "\":1}"u8]);
            Assert.Equal("text that is not UTF-8", key.Message);
            Assert.Equal(4, key.Offset);
            MetricsProblem text = ReadBad([.. "{\"a\":\""u8, .. bytes, .. "\"}"u8]);
            Assert.Equal("text that is not UTF-8", text.Message);
            Assert.Equal(6, text.Offset);
        }
    }

    [Fact]
    public void Depth_is_limited_to_64_for_objects_and_lists_alike()
    {
        static string Nested(int depth, string open, string close) =>
            "{\"a\":" + string.Concat(Enumerable.Repeat(open, depth - 1)) + "1" + string.Concat(Enumerable.Repeat(close, depth - 1)) + "}";
        Assert.Null(Read(Nested(64, "{\"a\":", "}")));
        Assert.Null(Read(Nested(64, "[", "]")));
        Assert.Equal("nested more than 64 deep", ReadBad(Encoding.UTF8.GetBytes(Nested(65, "{\"a\":", "}"))).Message);
        Assert.Equal("nested more than 64 deep", ReadBad(Encoding.UTF8.GetBytes(Nested(65, "[", "]"))).Message);
        Assert.Equal("nested more than 64 deep", ReadBad(Encoding.UTF8.GetBytes(new string('[', 100_000).Insert(0, "{\"a\":"))).Message);
    }

    [Fact]
    public void Every_prefix_of_a_document_is_refused_and_leaves_the_reader_usable()
    {
        byte[] text = Encoding.UTF8.GetBytes("""{"a": {"b": -1.5e-3, "c": ["\u00e9é", NaN]}, "n_samples": 3, "d": "x\\"}""");
        for (int length = 0; length < text.Length; length++)
            ReadBad(text[..length]);
        Assert.True(_reader.TryRead(text, out _));
        Assert.Equal("a.b=-0.0015 a.c:Text d:Text", Shown());
        Assert.Equal(3, _reader.Weight);
    }

    [Fact]
    public void Records_of_a_known_shape_allocate_nothing()
    {
        byte[] text = Encoding.UTF8.GetBytes("""{"loss": 0.1234567890123456, "eval": {"acc": 0.5, "note": "ok"}, "n_samples": 12}""");
        for (int i = 0; i < 10; i++)
            _reader.TryRead(text, out _);
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < 100; i++)
            _reader.TryRead(text, out _);
        Assert.Equal(before, GC.GetAllocatedBytesForCurrentThread());
    }

    private MetricsProblem? Read(string text)
    {
        Assert.True(_reader.TryRead(Encoding.UTF8.GetBytes(text), out MetricsProblem? problem), problem?.ToString());
        return problem;
    }

    private MetricsProblem ReadBad(byte[] text)
    {
        Assert.False(_reader.TryRead(text, out MetricsProblem? problem), Encoding.UTF8.GetString(text));
        Assert.True(_reader.Values.IsEmpty);
        return problem!;
    }

    private string Shown() => string.Join(' ', _reader.Values.ToArray().Select(v =>
        _reader.Names.Names[v.Metric] + (v.Kind == MetricKind.Number ? FormattableString.Invariant($"={v.Value}") : ":" + v.Kind)));
}
