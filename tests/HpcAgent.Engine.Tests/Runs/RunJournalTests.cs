using HpcAgent.Engine.Runs;
using HpcAgent.Engine.Storage;

namespace HpcAgent.Engine.Tests.Runs;

public sealed class RunJournalTests : IDisposable
{
    private readonly TempFolder temp = new();
    private readonly FakeClock clock = new();
    private readonly RunJournal journal;

    public RunJournalTests() => journal = new RunStore(new(new() { JournalDirectory = temp["state"] }), temp["exp"], clock).Journal("run");

    public void Dispose() => temp.Dispose();

    private async Task<JournalState> WriteAsync(params JournalEvent[] items)
    {
        await journal.AppendAsync(items);
        return await journal.ReadAsync();
    }

    [Fact]
    public async Task A_run_without_a_journal_has_an_empty_state()
    {
        var state = await journal.ReadAsync();
        Assert.Equal((SubmissionStage.None, false, false, 0L), (state.Stage, state.IsLive, state.IsResumable, state.EventCount));
        Assert.False(File.Exists(journal.FilePath));
    }

    [Fact]
    public async Task A_submission_goes_from_intent_to_submitted()
    {
        var state = await WriteAsync(Samples.Intent());
        Assert.Equal((SubmissionStage.Intended, true, true), (state.Stage, state.IsResumable, state.IsLive));
        Assert.Equal(Samples.Plan.Arrays, state.Intent!.Plan!.Arrays);
        Assert.Equal(("discovery", 5L, "/scratch/u/exp"), (state.Intent.Cluster, state.Intent.TaskCount, state.Intent.RemotePath));

        state = await WriteAsync(new SentEvent());
        Assert.Equal((SubmissionStage.Sent, true), (state.Stage, state.IsResumable));

        state = await WriteAsync(new JobIdEvent(1, "t1", "18"), new JobIdEvent(0, "t0", "17"), new JobIdEvent(0, "t0", "17"));
        Assert.Equal(["17", "18"], state.JobIds);
        Assert.True(state.IsResumable);

        state = await WriteAsync(new SubmittedEvent());
        Assert.Equal((SubmissionStage.Submitted, false, true), (state.Stage, state.IsResumable, state.IsLive));
        Assert.Equal(clock.Now, state.Submissions[0].SubmittedAt);
        Assert.Equal((6L, 6L), (state.EventCount, state.LastSequence));
        Assert.Empty(state.Warnings);
    }

    [Fact]
    public async Task A_second_submission_of_the_same_run_has_its_own_arrays()
    {
        var state = await WriteAsync(Samples.Intent(), new JobIdEvent(0, "t0", "1"), new JobIdEvent(1, "t1", "2"), new SubmittedEvent(), new EndedEvent(LifecycleState.Failed));
        Assert.False(state.IsLive);
        state = await WriteAsync(Samples.Intent("f00d", "u0"), new JobIdEvent(0, "u0", "3"), new JobIdEvent(0, "t0", "4"));
        Assert.True(state.IsResumable);
        Assert.Null(state.EndedAt);
        Assert.Equal(["3"], state.Submissions[1].Arrays.Select(array => array.JobId));
        Assert.Equal(["1", "4", "2", "3"], state.JobIds);
    }

    [Fact]
    public async Task Observations_end_remarks_and_removal_are_kept()
    {
        var counts = new TaskCounts { PendingCount = 1, HeldCount = 2, RunningCount = 3, CompleteCount = 4, FailedCount = 5, TimeoutCount = 6, OutOfMemoryCount = 7, NodeFailureCount = 8, PreemptedCount = 9, CancelledCount = 10, LostCount = 11, UnknownCount = 12 };
        var state = await WriteAsync(Samples.Intent(), new SubmittedEvent(), new ObservedEvent(LifecycleState.InFlight, counts), new NoteEvent("é\t\n\"x\""), new StopRequestedEvent(), new EndedEvent(LifecycleState.Abandoned, "stopped"), new RemovedEvent());
        Assert.Equal(counts, state.Counts);
        Assert.Equal(["é\t\n\"x\""], state.Notes);
        Assert.Equal((LifecycleState.Abandoned, "stopped"), (state.Lifecycle, state.EndReason));
        Assert.All([state.StopRequestedAt, state.EndedAt, state.RemovedAt, state.ObservedAt], time => Assert.Equal(clock.Now, time));
        Assert.False(state.IsLive);
    }

    [Theory]
    [InlineData(LifecycleState.UnableToVerify)]
    [InlineData(LifecycleState.Timeout)]
    public async Task An_unanswered_question_changes_no_state(LifecycleState answer)
    {
        var state = await WriteAsync(Samples.Intent(), new SubmittedEvent(), new ObservedEvent(LifecycleState.Complete, new() { CompleteCount = 5 }), new ObservedEvent(answer));
        Assert.Equal((LifecycleState.Complete, answer), (state.Lifecycle, state.LastObserved));
        Assert.Equal(5, state.Counts!.CompleteCount);
    }

    [Fact]
    public async Task The_cluster_wins_over_an_earlier_end()
    {
        var state = await WriteAsync(Samples.Intent(), new SubmittedEvent(), new EndedEvent(LifecycleState.Abandoned), new ObservedEvent(LifecycleState.InFlight));
        Assert.Equal((LifecycleState.InFlight, true), (state.Lifecycle, state.IsLive));
        Assert.Null(state.EndedAt);
    }

    [Fact]
    public async Task A_clock_that_is_set_back_changes_no_order()
    {
        await WriteAsync(Samples.Intent());
        clock.Now -= TimeSpan.FromDays(400);
        await WriteAsync(new SubmittedEvent());
        clock.Now -= TimeSpan.FromDays(400);
        var state = await WriteAsync(new EndedEvent(LifecycleState.Complete));
        Assert.Equal((LifecycleState.Complete, SubmissionStage.Submitted, 3L), (state.Lifecycle, state.Stage, state.LastSequence));
        Assert.Empty(state.Warnings);
    }

    [Fact]
    public async Task An_observation_is_written_once_until_it_changes()
    {
        await WriteAsync(Samples.Intent(), new SubmittedEvent());
        Assert.True(await journal.ObserveAsync(new(LifecycleState.InFlight, new() { RunningCount = 5 })));
        Assert.False(await journal.ObserveAsync(new(LifecycleState.InFlight, new() { RunningCount = 5 })));
        Assert.False(await journal.ObserveAsync(new(LifecycleState.InFlight)));
        Assert.True(await journal.ObserveAsync(new(LifecycleState.InFlight, new() { RunningCount = 4, CompleteCount = 1 })));
        Assert.True(await journal.ObserveAsync(new(LifecycleState.UnableToVerify)));
        Assert.True(await journal.ObserveAsync(new(LifecycleState.InFlight, new() { RunningCount = 4, CompleteCount = 1 })));
        Assert.Equal(6, (await journal.ReadAsync()).LastSequence);
    }

    [Fact]
    public async Task Events_of_a_later_version_are_passed_over_with_a_warning()
    {
        await WriteAsync(Samples.Intent());
        using var stream = new MemoryStream();
        ChecksumLine.Write("""{"seq":2,"at":"2026-03-01T12:00:00Z","event":"teleported","to":"mars"}"""u8, stream);
        ChecksumLine.Write("""{"seq":3,"at":"2026-03-01T12:00:00Z","event":"job_id","array":"zero"}"""u8, stream);
        ChecksumLine.Write("[]"u8, stream);
        File.AppendAllBytes(journal.FilePath, stream.ToArray());
        var state = await WriteAsync(new SubmittedEvent());
        Assert.Equal(SubmissionStage.Submitted, state.Stage);
        Assert.Contains(state.Warnings, warning => warning.Contains("teleported", StringComparison.Ordinal));
        Assert.Contains(state.Warnings, warning => warning.Contains("line 3 cannot be used", StringComparison.Ordinal));
        Assert.Contains(state.Warnings, warning => warning.Contains("line 4 cannot be used", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_line_that_was_taken_out_is_missed()
    {
        await WriteAsync(Samples.Intent(), new SentEvent(), new JobIdEvent(0, "t0", "17"), new SubmittedEvent());
        var lines = File.ReadAllLines(journal.FilePath);
        File.WriteAllText(journal.FilePath, string.Join('\n', lines.Where((_, index) => index != 2)) + "\n");
        Assert.Contains("1 events are missing", Assert.Single((await journal.ReadAsync()).Warnings), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_torn_last_line_is_dropped_and_the_next_event_is_not_lost_with_it()
    {
        await WriteAsync(Samples.Intent(), new JobIdEvent(0, "t0", "17"));
        var content = File.ReadAllBytes(journal.FilePath);
        var second = Array.IndexOf(content, (byte)'\n') + 1;
        for (var length = second + 1; length < content.Length - 1; length += 7)
        {
            File.WriteAllBytes(journal.FilePath, content[..length]);
            var torn = await journal.ReadAsync();
            Assert.Equal((SubmissionStage.Intended, 0), (torn.Stage, torn.Warnings.Count));
            var state = await WriteAsync(new SubmittedEvent());
            Assert.Equal((SubmissionStage.Submitted, 2L), (state.Stage, state.LastSequence));
        }
    }

    [Fact]
    public async Task Any_flipped_byte_is_noticed_or_harmless_and_the_rest_is_used()
    {
        JournalEvent[] items = [Samples.Intent(), new SentEvent(), new JobIdEvent(0, "t0", "17"), new JobIdEvent(1, "t1", "18"), new SubmittedEvent(), new ObservedEvent(LifecycleState.InFlight, new() { RunningCount = 5 })];
        var whole = await WriteAsync(items);
        var good = File.ReadAllBytes(journal.FilePath);
        for (var i = 0; i < good.Length; i++)
        {
            for (var bit = 0; bit < 8; bit++)
            {
                var bad = (byte[])good.Clone();
                bad[i] ^= (byte)(1 << bit);
                var state = JournalFold.Read(bad, "run", "j");
                var line = good.AsSpan(0, i).Count((byte)'\n');
                var isWhole = state.EventCount == items.Length;
                Assert.True(isWhole ? state.Counts == whole.Counts && state.JobIds.SequenceEqual(whole.JobIds) && state.Stage == whole.Stage : state.EventCount == items.Length - 1, $"byte {i} bit {bit}");
                Assert.True(isWhole || state.Warnings.Count > 0, $"byte {i} bit {bit}");
                Assert.Equal(line == 2 && !isWhole ? ["18"] : line == 3 && !isWhole ? ["17"] : ["17", "18"], state.JobIds);
                Assert.True(state.IsLive, $"byte {i} bit {bit}");
            }
        }
    }

    [Fact]
    public async Task A_damaged_line_after_the_end_casts_doubt_on_the_end()
    {
        await WriteAsync(Samples.Intent(), new SubmittedEvent(), new EndedEvent(LifecycleState.Failed));
        var start = new FileInfo(journal.FilePath).Length;
        await WriteAsync(Samples.Intent("f00d", "u0"));
        var content = File.ReadAllBytes(journal.FilePath);
        content[start + 20] ^= 1;
        File.WriteAllBytes(journal.FilePath, content);
        Assert.Equal((LifecycleState.UnableToVerify, true), ((await journal.ReadAsync()).Lifecycle, (await journal.ReadAsync()).IsLive));
        var state = await WriteAsync(new ObservedEvent(LifecycleState.Failed));
        Assert.Equal((LifecycleState.Failed, false), (state.Lifecycle, state.IsLive));
    }

    [Fact]
    public async Task Numbers_go_on_after_a_damaged_end()
    {
        await WriteAsync(Samples.Intent(), new SentEvent());
        File.AppendAllText(journal.FilePath, new string('x', 200_000) + "\n");
        Assert.Equal(3, (await WriteAsync(new SubmittedEvent())).LastSequence);
    }

    [Fact]
    public async Task Two_processes_and_many_tasks_at_once_lose_nothing()
    {
        using var child = ChildProcess.StartSelf("append", temp["state"], temp["exp"], "run", "40");
        await Task.WhenAll(Enumerable.Range(0, 4).Select(async task =>
        {
            for (var i = 0; i < 10; i++)
                await journal.AppendAsync(new NoteEvent($"{task}:{i}"));
        }));
        Assert.Equal(0, await child.EndAsync());
        var state = await journal.ReadAsync();
        Assert.Equal((80L, 80L, 80), (state.EventCount, state.LastSequence, state.Notes.Distinct(StringComparer.Ordinal).Count()));
        Assert.Empty(state.Warnings);
        Assert.Equal(Enumerable.Range(0, 40).Select(i => $"{child.Id}:{i}"), state.Notes.Where(note => note.StartsWith($"{child.Id}:", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task What_was_acknowledged_survives_a_kill_at_any_moment()
    {
        for (var round = 0; round < 4; round++)
        {
            using var child = ChildProcess.StartSelf("append", temp["state"], temp["exp"], "run");
            var acknowledged = -1;
            while (acknowledged < 3 + (round * 5))
                acknowledged = int.Parse((await child.ReadLineAsync())!);
            await child.KillAsync();
            foreach (var line in (await child.ReadRestAsync()).Split('\n', StringSplitOptions.RemoveEmptyEntries))
                acknowledged = int.TryParse(line, out var number) ? Math.Max(acknowledged, number) : acknowledged;

            var state = await journal.ReadAsync();
            Assert.True(state.JobIds.Count() > acknowledged);
            Assert.Equal(state.EventCount, state.LastSequence);
            await journal.AppendAsync(new NoteEvent("still works"));
            Assert.Equal(round + 1, (await journal.ReadAsync()).Notes.Count);
        }
    }
}
