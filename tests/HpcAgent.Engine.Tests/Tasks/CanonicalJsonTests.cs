using System.Globalization;
using System.Numerics;
using FsCheck;
using FsCheck.Fluent;
using HpcAgent.Engine.Tasks;

namespace HpcAgent.Engine.Tests.Tasks;

public sealed class CanonicalJsonTests
{
    private const string Script = """
        import sys, json
        for line in sys.stdin.buffer.read().decode('ascii').split('\n'):
            if line: print(json.dumps(json.loads(line), sort_keys=True, separators=(',', ':')))
        """;

    [Theory]
    [InlineData(0.1, "0.1")]
    [InlineData(1e-05, "1e-05")]
    [InlineData(0.0001, "0.0001")]
    [InlineData(1.0, "1.0")]
    [InlineData(1e15, "1000000000000000.0")]
    [InlineData(1e16, "1e+16")]
    [InlineData(123456789012345680.0, "1.2345678901234568e+17")]
    [InlineData(9007199254740993.0, "9007199254740992.0")]
    [InlineData(-0.0, "-0.0")]
    [InlineData(5e-324, "5e-324")]
    [InlineData(1.7976931348623157e308, "1.7976931348623157e+308")]
    [InlineData(1e100, "1e+100")]
    [InlineData(123.456, "123.456")]
    [InlineData(0.00012345, "0.00012345")]
    [InlineData(double.NaN, "NaN")]
    [InlineData(double.PositiveInfinity, "Infinity")]
    [InlineData(double.NegativeInfinity, "-Infinity")]
    public void A_double_is_written_as_python_repr(double value, string expected) =>
        Assert.Equal(expected, CanonicalJson.ToText(value));

    [Fact]
    public void Keys_are_sorted_by_code_point_not_by_utf16()
    {
        var map = ParameterMap.Create([new("\U0001F600", 1L), new("\uFFFD", 2L), new("b", 3L), new("B", 4L), new("a", 5L), new("", 6L)]);
        Assert.Equal("{\"\":6,\"B\":4,\"a\":5,\"b\":3,\"\\ufffd\":2,\"\\ud83d\\ude00\":1}", CanonicalJson.ToText(map));
    }

    [Fact]
    public void Text_is_escaped_to_ascii()
    {
        Assert.Equal("\"\\u0000\\u001f\\b\\t\\n\\f\\r\\\"\\\\/'\\u007f\\u00e9\\u2028\\ud83d\\ude00\\ud800\"",
            CanonicalJson.ToText("\0\u001f\b\t\n\f\r\"\\/'\u007f\u00e9\u2028\U0001F600\ud800"));
    }

    [Fact]
    public void Big_integers_keep_every_digit() =>
        Assert.Equal("[123456789012345678901234567890,-9223372036854775808]",
            CanonicalJson.ToText(new object?[] { BigInteger.Parse("123456789012345678901234567890", CultureInfo.InvariantCulture), long.MinValue }));

    [Fact]
    public void A_value_of_a_foreign_type_is_refused() => Assert.Throws<ArgumentException>(() => CanonicalJson.ToText(1.5m));

    [SkippableFact]
    public void Doubles_of_every_magnitude_agree_with_python()
    {
        var python = PythonOracle.Find();
        Skip.If(python is null, "python3 is not here.");
        var random = new System.Random(20201);
        var values = new List<double>();
        for (var i = 0; i < 100_000; i++) values.Add(BitConverter.Int64BitsToDouble(random.NextInt64(long.MinValue, long.MaxValue)));
        for (var e = -1074; e <= 1023; e++)
        {
            var power = Math.ScaleB(1.0, e);
            values.AddRange([power, Math.BitIncrement(power), Math.BitDecrement(power)]);
        }

        for (var e = -320; e <= 308; e++)
            for (var digits = 1; digits < 100; digits += 7)
                values.Add(double.Parse($"{digits}e{e}", CultureInfo.InvariantCulture));
        values.RemoveAll(value => !double.IsFinite(value));
        var input = string.Join('\n', values.Select(value => BitConverter.DoubleToInt64Bits(value).ToString(CultureInfo.InvariantCulture)));
        var output = PythonOracle.Run(python!, ["-c", """
            import sys, json, struct
            for line in sys.stdin: print(json.dumps(struct.unpack('<d', struct.pack('<q', int(line)))[0]))
            """], input).TrimEnd('\n').Split('\n');
        Assert.Equal(values.Count, output.Length);
        for (var i = 0; i < output.Length; i++) Assert.Equal(output[i], CanonicalJson.ToText(values[i]));
    }

    [SkippableFact]
    public void Nested_values_agree_with_python()
    {
        var python = PythonOracle.Find();
        Skip.If(python is null, "python3 is not here.");
        var values = Values.Nested().Generator.Sample(1500);
        // Keys in reversed order on the way in, so that sorting is Python's own work.
        var input = string.Join('\n', values.Select(value => Scrambled(value)));
        var output = PythonOracle.Run(python!, ["-c", Script], input).TrimEnd('\n').Split('\n');
        Assert.Equal(values.Length, output.Length);
        for (var i = 0; i < output.Length; i++) Assert.Equal(output[i], CanonicalJson.ToText(values[i]));
    }

    [Fact]
    public void What_is_written_reads_back_the_same() =>
        Prop.ForAll(Values.Nested(), value =>
        {
            var text = CanonicalJson.ToText(value);
            return CanonicalJson.ToText(JsonReader.Parse(text)) == text
                && CanonicalJson.ToText(JsonReader.Parse(PlainJson(value, JsonStyle.Record))) == text;
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void The_record_style_holds_no_apostrophe_and_no_control_character() =>
        Prop.ForAll(Values.Nested(), value => !PlainJson(value, JsonStyle.Record).Any(c => c is '\'' or < ' ' or '\u007f')).QuickCheckThrowOnFailure();

    [Theory]
    [InlineData("text 'as' is", "text 'as' is")]
    [InlineData(true, "true")]
    [InlineData(null, "null")]
    [InlineData(42L, "42")]
    [InlineData(0.1, "0.1")]
    [InlineData(1.0, "1.0")]
    public void Scalars_become_plain_text(object? value, string expected) => Assert.Equal(expected, PlainText.Of(value));

    [Fact]
    public void Maps_in_plain_text_keep_order_and_characters() =>
        Assert.Equal("{\"b\":[1,null,\"\u00e9\u007f'\U0001F600\"],\"a\":{}}",
            PlainText.Of(ParameterMap.Create([new("b", new object?[] { 1L, null, "\u00e9\u007f'\U0001F600" }), new("a", ParameterMap.Empty)])));

    private static string PlainJson(object? value, JsonStyle style)
    {
        var buffer = new ByteBuffer();
        JsonEncoder.Write(buffer, value, style);
        return buffer.ToText();
    }

    private static string Scrambled(object? value) => value switch
    {
        ParameterMap map => "{" + string.Join(',', map.Reverse().Select(e => CanonicalJson.ToText(e.Key) + ":" + Scrambled(e.Value))) + "}",
        object?[] list => "[" + string.Join(',', list.Select(Scrambled)) + "]",
        _ => CanonicalJson.ToText(value),
    };
}
