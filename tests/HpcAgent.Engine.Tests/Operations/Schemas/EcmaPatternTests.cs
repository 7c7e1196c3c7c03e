using HpcAgent.Engine.Operations.Schemas;

namespace HpcAgent.Engine.Tests.Operations.Schemas;

public sealed class EcmaPatternTests
{
    [Theory]
    [InlineData("^a$", "a", true)]
    [InlineData("^a$", "a\n", false)]
    [InlineData(@"a\$", "a$", true)]
    [InlineData("[$]$", "$", true)]
    [InlineData("^.$", "\r", false)]
    [InlineData("^.$", "\u2028", false)]
    [InlineData("^[.]$", "x", false)]
    [InlineData(@"^\.$", "x", false)]
    [InlineData(@"^\d$", "\u0663", false)]
    [InlineData(@"^\w$", "\u00e9", false)]
    [InlineData(@"^\s$", "\u00a0", true)]
    [InlineData(@"^[\s]$", "\ufeff", true)]
    [InlineData(@"^\S$", "\u2003", false)]
    [InlineData(@"^[\]$]+$", "]$", true)]
    [InlineData("^(?:a|b)(?=c)", "ac", true)]
    [InlineData("^(?!a)", "ab", false)]
    [InlineData(@"^\u0041\x42$", "AB", true)]
    public void A_pattern_means_what_ecma_262_says(string pattern, string text, bool matches) =>
        Assert.Equal(matches, EcmaPattern.Compile(pattern).IsMatch(text));

    [Theory]
    [InlineData("(?i)a")]
    [InlineData("(?<name>a)")]
    [InlineData("(?<=a)b")]
    [InlineData("(?>a)")]
    [InlineData("(?")]
    [InlineData(@"a\z")]
    [InlineData(@"\Aa")]
    [InlineData(@"\p{L}")]
    [InlineData("[]")]
    [InlineData("[^]")]
    [InlineData("[a-z-[aeiou]]")]
    [InlineData(@"[\S]")]
    [InlineData("a\\")]
    [InlineData("*")]
    public void What_other_validators_read_otherwise_is_refused(string pattern) =>
        Assert.True(Record.Exception(() => EcmaPattern.Compile(pattern)) is ArgumentException or FormatException);
}
