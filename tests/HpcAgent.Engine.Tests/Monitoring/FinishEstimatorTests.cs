using HpcAgent.Engine.Monitoring;

namespace HpcAgent.Engine.Tests.Monitoring;

public sealed class FinishEstimatorTests
{
    private static readonly DateTimeOffset s_start = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);

    [Theory]
    [InlineData(500, 8, 60, 0.3)]
    [InlineData(500, 8, 60, 0)]
    [InlineData(40, 12, 600, 0.5)]
    [InlineData(5000, 100, 30, 1)]
    public void The_interval_holds_the_true_end_from_the_first_tenth_on_in_nearly_all_looks(int tasks, int atOnce, double mean, double spread)
    {
        (int looks, int held, double width) = (0, 0, 0);
        for (int seed = 1; seed <= 10; seed++)
        {
            (double Start, double End)[] truth = Schedule(tasks, atOnce, mean, spread, seed);
            double end = truth.Max(t => t.End);
            for (double at = end / 10; at < end * 0.99; at += end / 30)
            {
                FinishEstimator.Forecast? forecast = FinishEstimator.Estimate(Ledger(truth, at), s_start.AddSeconds(at));
                if (forecast is null) continue;
                looks++;
                if (at + forecast.Earliest.TotalSeconds <= end && end <= at + forecast.Latest.TotalSeconds) held++;
                width += (forecast.Latest - forecast.Earliest) / TimeSpan.FromSeconds(end);
                Assert.InRange(forecast.Middle, forecast.Earliest, forecast.Latest);
            }
        }
        Assert.True(looks > 150, $"{looks} looks");
        Assert.True(held >= looks * 0.88, $"{held} of {looks} intervals held the end");
        Assert.True(width / looks < 0.6, $"the intervals are {width / looks:0.00} of the whole run wide");
    }

    [Fact]
    public void The_basis_counts_what_it_rests_on()
    {
        (double Start, double End)[] truth = Schedule(300, 12, 60, 0.3);
        TaskLedger ledger = Ledger(truth, 600);
        FinishEstimator.Forecast forecast = FinishEstimator.Estimate(ledger, s_start.AddSeconds(600))!;
        Assert.Equal($"from {ledger.Count(TaskState.Complete)} ended tasks, 12 at once", forecast.Basis);
    }

    [Fact]
    public void Nothing_is_said_before_a_task_has_ended_or_while_one_is_held_or_when_nothing_is_left()
    {
        (double Start, double End)[] truth = [(0, 10), (0, 10), (10, 20)];
        Assert.Null(FinishEstimator.Estimate(Ledger(truth, 5), s_start.AddSeconds(5)));
        Assert.NotNull(FinishEstimator.Estimate(Ledger(truth, 12), s_start.AddSeconds(12)));
        Assert.Null(FinishEstimator.Estimate(Ledger(truth, 30), s_start.AddSeconds(30)));
        TaskLedger held = Ledger([.. truth, (40, 50)], 12);
        held.Assume(3, TaskState.Held, EvidenceSource.Queue, s_start, "held");
        Assert.Null(FinishEstimator.Estimate(held, s_start.AddSeconds(12)));
    }

    [Fact]
    public void A_task_that_runs_longer_than_all_others_may_take_as_long_again()
    {
        (double Start, double End)[] truth = [.. Enumerable.Repeat((0.0, 10.0), 20), (0, 1000)];
        FinishEstimator.Forecast forecast = FinishEstimator.Estimate(Ledger(truth, 300), s_start.AddSeconds(300))!;
        Assert.Equal((TimeSpan.Zero, TimeSpan.FromSeconds(300)), (forecast.Earliest, forecast.Latest));
    }

    [Fact]
    public void Tasks_that_fail_at_once_do_not_promise_an_early_end()
    {
        TaskLedger failing = new(124);
        for (int id = 0; id < 4; id++) failing.Apply(End(id, 100, TaskState.Complete, 100), "n");
        for (int id = 4; id < 54; id++) failing.Apply(End(id, 100, TaskState.Failed, 0.01), "n");
        for (int id = 54; id < 58; id++) failing.Apply(Start(id, 100), "n");
        failing.Apply(Start(0, 0), "n");
        FinishEstimator.Forecast forecast = FinishEstimator.Estimate(failing, s_start.AddSeconds(101))!;
        Assert.True(forecast.Middle > TimeSpan.FromSeconds(1000), forecast.ToString());
    }

    private static (double Start, double End)[] Schedule(int tasks, int atOnce, double mean, double spread, int seed = 7)
    {
        Random random = new(seed);
        double[] free = new double[atOnce];
        return [.. Enumerable.Range(0, tasks).Select(_ =>
        {
            int slot = Array.IndexOf(free, free.Min());
            double start = free[slot];
            // An exponential part makes the long tails that real tasks have.
            double takes = (mean * (1 - (spread / 2))) - (mean * spread / 2 * Math.Log(1 - random.NextDouble()));
            return (start, free[slot] = start + takes);
        })];
    }

    private static TaskLedger Ledger((double Start, double End)[] tasks, double at)
    {
        TaskLedger ledger = new(tasks.Length);
        for (int id = 0; id < tasks.Length; id++)
        {
            if (tasks[id].Start <= at) ledger.Apply(Start(id, tasks[id].Start), "n");
            if (tasks[id].End <= at) ledger.Apply(End(id, tasks[id].End, TaskState.Complete, tasks[id].End - tasks[id].Start), "n");
        }
        return ledger;
    }

    private static TaskEvent Start(int id, double at) => new() { Kind = TaskEventKind.Start, TaskId = id, Attempt = 1, At = s_start.AddSeconds(at) };

    private static TaskEvent End(int id, double at, TaskState state, double took) =>
        new() { Kind = TaskEventKind.End, TaskId = id, Attempt = 1, At = s_start.AddSeconds(at), State = state, Elapsed = TimeSpan.FromSeconds(took) };
}
