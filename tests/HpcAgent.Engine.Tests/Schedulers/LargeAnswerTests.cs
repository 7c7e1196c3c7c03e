using System.Globalization;
using System.Text;
using FsCheck;
using FsCheck.Fluent;
using HpcAgent.Engine.Schedulers;
using static HpcAgent.Engine.Tests.Schedulers.Arrays;

namespace HpcAgent.Engine.Tests.Schedulers;

public class LargeAnswerTests
{
    // A million numbers of eight bytes would be eight megabytes.
    private const long FarBelowExpansion = 4_000_000;

    [Fact]
    public void A_million_waiting_elements_of_a_thousand_arrays_are_not_expanded_in_the_queue()
    {
        string text = Rows(1000, job => $"{job}~1-1000%4~PENDING~JobArrayTaskLimit~hpc-{job}");
        _ = Slurm.ParseQueue(text);
        long before = GC.GetAllocatedBytesForCurrentThread();
        IReadOnlyList<QueueEntry> queue = Slurm.ParseQueue(text);
        long allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        Assert.Equal((1000, 1_000_000L), (queue.Count, queue.Sum(e => (e.LastElement - e.FirstElement) / e.Step + 1)));
        Assert.InRange(allocated, 1, FarBelowExpansion);
    }

    [Fact]
    public void A_million_waiting_elements_of_a_thousand_arrays_are_not_expanded_in_the_accounting()
    {
        byte[] text = Encoding.UTF8.GetBytes(Rows(1000, job => $"{job}_[1-1000%4]~PENDING~0:0~0~Unknown~~None assigned~100~00:00:00"));
        _ = Slurm.ParseAccounting(text);
        long before = GC.GetAllocatedBytesForCurrentThread();
        IReadOnlyList<AccountingEntry> entries = Slurm.ParseAccounting(text);
        long allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        Assert.Equal((1000, 1_000_000L), (entries.Count, entries.Sum(e => (e.LastElement - e.Element) / e.Step + 1)));
        Assert.InRange(allocated, 1, FarBelowExpansion);
    }

    [Fact]
    public void Rows_of_the_accounting_take_no_more_memory_than_their_text()
    {
        byte[] text = Encoding.UTF8.GetBytes(Rows(50, job => string.Join('\n', Enumerable.Range(1, 400).Select(e => $"{job}_{e}~COMPLETED~0:0~61~100~~node{e % 40}~90~00:01:00\n{job}_{e}.batch~COMPLETED~0:0~61~100~{e}K~node{e % 40}~100~00:01:00"))));
        _ = Slurm.ParseAccounting(text);
        long before = GC.GetAllocatedBytesForCurrentThread();
        IReadOnlyList<AccountingEntry> entries = Slurm.ParseAccounting(text);
        long allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        Assert.Equal(20_000, entries.Count);
        Assert.InRange(allocated, 1, text.Length);
    }

    [Fact]
    public void A_single_high_element_takes_no_memory_for_those_below_it()
    {
        byte[] text = Encoding.UTF8.GetBytes(Sample.Framed(string.Join('\n', Enumerable.Range(1, 100).Select(job => $"{job}_2000000000~COMPLETED~0:0~61~100~~n1~90~00:01:00")).Replace('~', '\u001f')));
        long before = GC.GetAllocatedBytesForCurrentThread();
        IReadOnlyList<AccountingEntry> entries = Slurm.ParseAccounting(text);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 1, 1_000_000);
        Assert.All(entries, e => Assert.Equal(2_000_000_000, e.Element));
        Assert.Equal(100, entries.Count);
    }

    [Fact]
    public void The_rows_that_are_read_do_not_depend_on_their_order_nor_on_where_they_stand_in_the_text()
    {
        Gen<(int Job, int Element, int Start, string State)> row =
            from job in Gen.Choose(1, 3)
            from element in Gen.Frequency((5, Gen.Choose(0, 40)), (1, Gen.Choose(100_000, 2_000_000_000)))
            from start in Gen.Choose(1, 1_000_000)
            from state in Gen.Elements("COMPLETED", "FAILED", "REQUEUED", "CANCELLED by 12345")
            select (job, element, start, state);
        Prop.ForAll(row.NonEmptyListOf().ToArbitrary(), rows =>
        {
            // Of one element the newest start counts; two with the same would depend on the order.
            List<(int Job, int Element, int Start, string State)> distinct = [.. rows.DistinctBy(r => (r.Job, r.Element, r.Start))];
            var expected = distinct.GroupBy(r => (r.Job, r.Element)).Select(g => g.MaxBy(r => r.Start)).OrderBy(r => (r.Job, r.Element))
                .Select(r => (r.Job.ToString(CultureInfo.InvariantCulture), (long)r.Element, r.State, (TimeSpan?)TimeSpan.FromSeconds(r.Start)));
            string text = string.Join('\n', distinct.Select(r => $"{r.Job}{(r.Element == 0 ? "" : "_" + r.Element.ToString(CultureInfo.InvariantCulture))}~{r.State}~0:0~1~{r.Start}~~n1~0~00:00:01").Select(l => l.Replace('~', '\u001f')));
            return Parse(text).Select(e => (e.JobId, e.Element, e.RawState, e.QueueWait)).OrderBy(e => (int.Parse(e.JobId, CultureInfo.InvariantCulture), e.Element)).SequenceEqual(expected);
        }).QuickCheckThrowOnFailure();
    }

    [Fact]
    public void Any_text_is_read_without_an_error()
    {
        Gen<string> word = Gen.Elements("1", "12_3", "12_3.batch", "12_[1-5]", "\u001f", "\u001f", "\n", "\r", "0:0", "999999999999999999", "99999999999999999999", "1-99:99:99", "1.5G", "é", "-", "_", ".", "+", "[");
        Prop.ForAll(word.ListOf().ToArbitrary(), words => Parse(string.Concat(words)).Sum(e => e.Element + (e.CpuTime?.Ticks > 0 ? 1 : 0)) >= 0).QuickCheckThrowOnFailure();
    }

    private static IReadOnlyList<AccountingEntry> Parse(string text) => Slurm.ParseAccounting(Encoding.UTF8.GetBytes(Sample.Framed(text)));

    private static string Rows(int count, Func<int, string> row) =>
        Sample.Framed(string.Join('\n', Enumerable.Range(4_100_000, count).Select(row)).Replace('~', '\u001f'));
}
