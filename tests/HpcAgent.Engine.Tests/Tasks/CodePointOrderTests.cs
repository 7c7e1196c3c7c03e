using FsCheck;
using FsCheck.Fluent;
using HpcAgent.Engine.Tasks;

namespace HpcAgent.Engine.Tests.Tasks;

public sealed class CodePointOrderTests
{
    // Few letters, so that texts share beginnings, and halves of pairs stand alone, in order and the wrong way round.
    private static readonly Gen<string> s_text =
        Gen.Elements('a', '\uD800', '\uDAB1', '\uDBFF', '\uDC00', '\uDE17', '\uDFFF', '\uE000', '\uFFFD').ArrayOf().Select(c => new string(c));

    [Fact]
    public void Text_is_ordered_by_code_points_whatever_halves_of_pairs_it_holds() => Prop.ForAll(s_text.ToArbitrary(), s_text.ToArbitrary(), (x, y) =>
    {
        int expected = CodePoints(x).Zip(CodePoints(y), (a, b) => a.CompareTo(b)).FirstOrDefault(c => c != 0);
        if (expected == 0) expected = CodePoints(x).Count.CompareTo(CodePoints(y).Count);
        Assert.Equal(Math.Sign(expected), Math.Sign(CodePointOrder.Instance.Compare(x, y)));
    }).Check(Config.QuickThrowOnFailure.WithMaxTest(5000));

    [Fact]
    public void Half_a_pair_comes_before_a_pair_that_begins_with_it() =>
        Assert.True(CodePointOrder.Instance.Compare("\uDAB1\uDBDA\uDD80", "\uDAB1\uDE17") < 0);

    private static List<int> CodePoints(string text)
    {
        List<int> points = [];
        for (int i = 0; i < text.Length; i++)
        {
            bool pair = char.IsHighSurrogate(text[i]) && i + 1 < text.Length && char.IsLowSurrogate(text[i + 1]);
            points.Add(pair ? char.ConvertToUtf32(text[i], text[++i]) : text[i]);
        }
        return points;
    }
}
