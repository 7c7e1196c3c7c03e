using FsCheck;
using FsCheck.Fluent;
using HpcAgent.Engine.Schedulers;

namespace HpcAgent.Engine.Tests.Schedulers;

public class ElementRangesTests
{
    private static readonly Gen<ElementRange> Range =
        from first in Gen.Choose(0, 1_000_000)
        from count in Gen.Choose(1, 1000)
        from step in Gen.Choose(1, 50)
        let last = first + ((count - 1L) * step)
        select new ElementRange(first, last, first == last ? 1 : step);

    private static readonly Gen<ElementRanges> List =
        from ranges in Range.NonEmptyListOf()
        from throttle in Gen.Choose(0, 5)
        from truncated in Gen.Elements(true, false)
        select new ElementRanges([.. ranges], throttle == 0 ? null : throttle, truncated);

    [Fact]
    public void What_is_written_is_read_back() =>
        Prop.ForAll(List.ToArbitrary(), list => ElementRanges.TryParse(list.ToString())!.Equals(list)).QuickCheckThrowOnFailure();

    [Fact]
    public void Brackets_change_nothing() =>
        Prop.ForAll(List.ToArbitrary(), list => ElementRanges.TryParse($"[{list}]")!.Equals(list)).QuickCheckThrowOnFailure();

    [Fact]
    public void Any_text_is_read_or_refused_without_an_error() =>
        Prop.ForAll<string>(text => (ElementRanges.TryParse(text ?? "")?.Count ?? 1) >= 0).QuickCheckThrowOnFailure();

    [Fact]
    public void Membership_agrees_with_counting() => Prop.ForAll(Range.ToArbitrary(), range =>
    {
        long listed = 0;
        for (long i = range.First - 3; i <= range.Last + 3; i++) listed += range.Contains(i) ? 1 : 0;
        return listed == range.Count;
    }).QuickCheckThrowOnFailure();

    [Theory]
    [InlineData("7", "7", 1)]
    [InlineData("5-10:2%4", "5-9:2%4", 3)]
    [InlineData("[5-20%4]", "5-20%4", 16)]
    [InlineData("[10-14,19-20%6]", "10-14,19-20%6", 7)]
    [InlineData("7,9,11%2", "7,9,11%2", 3)]
    [InlineData("11-50:1", "11-50", 40)]
    [InlineData("3-3:5", "3", 1)]
    [InlineData("1-1000000000000", "1-1000000000000", 1_000_000_000_000)]
    public void Lists_of_schedulers_are_read(string text, string written, long count)
    {
        ElementRanges ranges = ElementRanges.TryParse(text)!;
        Assert.Equal((written, count), (ranges.ToString(), ranges.Count));
    }

    [Theory]
    [InlineData("2-3,5,7...%3", "2-3,5,...%3")] // 7 may be the beginning of 79
    [InlineData("2-3,5,...", "2-3,5,...")]
    [InlineData("12...", "...")]
    public void A_number_at_the_cut_is_not_believed(string text, string written)
    {
        ElementRanges ranges = ElementRanges.TryParse(text)!;
        Assert.True(ranges.IsTruncated);
        Assert.Equal(written, ranges.ToString());
    }

    [Fact]
    public void A_cut_within_the_throttle_leaves_the_list_whole()
    {
        ElementRanges ranges = ElementRanges.TryParse("1,3,5%1...")!;
        Assert.Equal((3, null, false), (ranges.Count, ranges.Throttle, ranges.IsTruncated));
    }

    [Theory]
    [InlineData("")]
    [InlineData("N/A")]
    [InlineData("undefined")]
    [InlineData("5-1")]
    [InlineData("1-5:0")]
    [InlineData("1,")]
    [InlineData(",1")]
    [InlineData("1-5%")]
    [InlineData("1-5%x")]
    [InlineData("-3")]
    [InlineData("1;2")]
    [InlineData("99999999999999999999")]
    public void What_is_no_list_is_refused(string text) => Assert.Null(ElementRanges.TryParse(text));
}
