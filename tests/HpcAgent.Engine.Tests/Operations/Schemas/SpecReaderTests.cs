using System.Text;
using HpcAgent.Engine.Operations.Schemas;

namespace HpcAgent.Engine.Tests.Operations.Schemas;

public sealed class SpecReaderTests
{
    [Theory]
    [InlineData("{}")]
    [InlineData("\uFEFF{}")]
    [InlineData(" \r\n\t[1, 2]\n")]
    [InlineData("\"\\ud83d\\ude00\"")]
    [InlineData("""{"a":{"a":1},"b":[{"a":1},{"a":1}],"A":2}""")]
    [InlineData("null")]
    public void Strict_json_is_read(string text)
    {
        using var document = SpecReader.Parse(Encoding.UTF8.GetBytes(text), "spec.json");
        Assert.Equal(text.Trim('\uFEFF', ' ', '\r', '\n', '\t'), document.RootElement.GetRawText());
    }

    [Theory]
    [InlineData("", "1:1", "empty")]
    [InlineData(" \n ", null, "empty")]
    [InlineData("{\n  \"a\": 1,\n}", "3:1", "comma after the last")]
    [InlineData("[1,]", "1:4", "comma after the last")]
    [InlineData("{\"a\": 1 // why\n}", "1:9", "not JSON")]
    [InlineData("/* x */ {}", "1:1", "not JSON")]
    [InlineData("{'a': 1}", "1:2", "not JSON")]
    [InlineData("{\"a\": True}", "1:7", "not JSON")]
    [InlineData("{\"a\": NaN}", "1:7", "not JSON")]
    [InlineData("{\"a\": 01}", null, "not JSON")]
    [InlineData("{\"a\" 1}", "1:6", "not JSON")]
    [InlineData("{} {}", "1:4", "not JSON")]
    [InlineData("{\"a\": [1", "1:9", "not JSON")]
    [InlineData("{\"a\u00e9\U0001F600\": x}", "1:9", "not JSON")]
    [InlineData("\uFEFF{x}", "1:2", "not JSON")]
    [InlineData("{\"a\": 1,\r\n \"b\": 2,\r\n \"a\": 3}", "3:2", "'a' is given twice")]
    [InlineData("{\"a\": 1, \"\\u0061\": 3}", "1:10", "'a' is given twice")]
    [InlineData("\uFEFF{\"\u00e9\": {\"x\": 1, \"x\": 2}}", "1:16", "'x' is given twice")]
    [InlineData("[{}, {\"a\": [], \"a\": []}]", "1:16", "'a' is given twice")]
    [InlineData("{\"a\": \"\\ud800\"}", "1:7", "without its other half")]
    [InlineData("{\"\\udc00\": 1}", "1:2", "without its other half")]
    public void Anything_else_is_refused_with_its_place(string text, string? place, string reason)
    {
        var error = Schemas.Refused(() => SpecReader.Parse(Encoding.UTF8.GetBytes(text), "my spec.json"), ErrorCode.SpecInvalid);
        Assert.StartsWith(place is null ? "my spec.json:" : $"my spec.json:{place}: ", error.Message);
        Assert.Contains(reason, error.Message);
        Assert.DoesNotContain("LineNumber", error.Message);
        Assert.DoesNotContain("reader options", error.Message);
        Assert.False(string.IsNullOrWhiteSpace(error.Remediation));
    }

    [Theory]
    [InlineData("{'a': 1}", "double quotes")]
    [InlineData("{\"a\": 1 # x\n}", "comments")]
    [InlineData("{\"a\": None}", "lower case")]
    [InlineData("{\"a\": 1", "close what is open")]
    public void The_advice_knows_the_usual_mistakes(string text, string advice) =>
        Assert.Contains(advice, Schemas.Refused(() => SpecReader.Parse(Encoding.UTF8.GetBytes(text), "x"), ErrorCode.SpecInvalid).Remediation);

    [Theory]
    [InlineData(new byte[] { (byte)'{', (byte)'\n', (byte)'"', 0xC3, 0xA9, 0xE9, (byte)'"' }, "2:3")]
    [InlineData(new byte[] { 0xEF, 0xBB, 0xBF, (byte)'"', 0xFF, (byte)'"' }, "1:2")]
    [InlineData(new byte[] { (byte)'"', 0xED, 0xA0, 0x80, (byte)'"' }, "1:2")]
    [InlineData(new byte[] { (byte)'"', 0xC0, 0x80, (byte)'"' }, "1:2")]
    [InlineData(new byte[] { (byte)'"', 0xE2, 0x82 }, "1:2")]
    public void Broken_utf8_is_refused_with_its_place(byte[] text, string place)
    {
        var error = Schemas.Refused(() => SpecReader.Parse(text, "x"), ErrorCode.SpecInvalid);
        Assert.Equal($"x:{place}: The text is not valid UTF-8.", error.Message);
    }

    [Fact]
    public void Utf16_is_named()
    {
        var bytes = Encoding.Unicode.GetPreamble().Concat(Encoding.Unicode.GetBytes("{}")).ToArray();
        var error = Schemas.Refused(() => SpecReader.Parse(bytes, "x"), ErrorCode.SpecInvalid);
        Assert.Contains("UTF-16", error.Message);
        Assert.Equal("Save it as UTF-8.", error.Remediation);
    }

    [Theory]
    [InlineData(64, true)]
    [InlineData(65, false)]
    public void Nesting_has_a_limit(int depth, bool fine)
    {
        var text = Encoding.UTF8.GetBytes(new string('[', depth) + new string(']', depth));
        var error = Record.Exception(() => SpecReader.Parse(text, "x").Dispose());
        Assert.Equal(fine, error is null);
        if (!fine) Assert.Contains("too deeply", Assert.IsType<HpcException>(error).Message);
    }
}
