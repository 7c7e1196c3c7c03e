using HpcAgent.Engine.Schedulers;
using static HpcAgent.Engine.Tests.Schedulers.Arrays;

namespace HpcAgent.Engine.Tests.Schedulers;

public class GridEngineQueueTests
{
    [Theory]
    [InlineData("qw", null, TaskState.Pending)]
    [InlineData("hqw", null, TaskState.Held)]
    [InlineData("hqw", "4", TaskState.Pending)]
    [InlineData("Eqw", null, TaskState.Held)]
    [InlineData("r", null, TaskState.Running)]
    [InlineData("t", null, TaskState.Running)]
    [InlineData("dr", null, TaskState.Running)]
    [InlineData("Rr", null, TaskState.Running)]
    [InlineData("Rq", null, TaskState.Pending)]
    [InlineData("s", null, TaskState.Running)]
    [InlineData("S", null, TaskState.Running)]
    [InlineData("T", null, TaskState.Running)]
    [InlineData("", null, TaskState.Unknown)]
    public void Letters_become_states(string letters, string? predecessor, TaskState state)
    {
        string waits = predecessor is null ? "" : $"<predecessor_jobs_req>x</predecessor_jobs_req><predecessor_jobs>{predecessor}</predecessor_jobs>";
        QueueEntry entry = Assert.Single(Parse(Job("4", "hpc-a", letters, "<tasks>11-50:1</tasks>" + waits)));
        Assert.Equal(("4", "hpc-a", 11L, 50L, state, letters), (entry.JobId, entry.JobName, entry.FirstElement, entry.LastElement, entry.State, entry.RawState));
        if (predecessor is not null) Assert.Equal("waits for 4", entry.Reason);
    }

    [Fact]
    public void Names_of_others_with_bare_ampersands_and_control_characters_do_no_harm()
    {
        IReadOnlyList<QueueEntry> queue = Parse(Job("4", "a&b &amp; &#65; \u001b[0m &nonsense;", "r", "") + Job("5", "ok", "qw", "<tasks>5,6</tasks>"));
        Assert.Equal(["a&b & A ?[0m &nonsense;", "ok", "ok"], queue.Select(e => e.JobName));
        Assert.Equal([0, 5, 6], queue.Select(e => e.FirstElement));
    }

    [Fact]
    public void What_stands_around_the_list_does_not_matter() =>
        Assert.Single(Parse("warning: something\n<?xml version='1.0'?>\n" + Document(Job("4", "a", "r", "")) + "\nbye", raw: true));

    [Theory]
    [InlineData("")]
    [InlineData("<?xml version='1.0'?><job_info><queue_info>")]
    [InlineData("<job_info><a></job_info>")]
    [InlineData("<!DOCTYPE x [<!ENTITY e 'x'>]><job_info>&e;<b></job_info>")]
    public void What_is_no_whole_list_is_an_error(string text) =>
        Assert.Equal(ErrorCode.RemoteCommandFailed, Assert.Throws<HpcException>(() => Parse(text, raw: true)).Code);

    [Fact]
    public void An_empty_queue_is_empty() => Assert.Empty(Parse(""));

    [Fact]
    public void A_qmaster_that_is_down_is_told_in_its_words()
    {
        HpcException error = Assert.Throws<HpcException>(() => GridEngine.ParseQueue(Sample.Framed("error: commlib error: got select error (Connection refused)\n", 1)));
        Assert.Equal(ErrorCode.ClusterTimeout, error.Code);
        Assert.Contains("commlib error", error.Message, StringComparison.Ordinal);
    }

    [SkippableTheory]
    [InlineData("qstat-xml")]
    [InlineData("qstat-r-xml")]
    [InlineData("qstat-gd-xml")]
    [InlineData("qstat-ext-xml")]
    [InlineData("qstat-suspended-xml")]
    [InlineData("execd-dead-qstat-xml")]
    [InlineData("qstat-after-qdel-xml")]
    public void Real_lists_are_read(string name)
    {
        IReadOnlyList<QueueEntry> queue = Parse(Sample.Out("sge", name), raw: true);
        Assert.NotEmpty(queue);
        Assert.DoesNotContain(queue, e => e.State == TaskState.Unknown);
        Assert.All(queue, e => Assert.True(e.JobId.Length > 0 && e.JobName.Length > 0 && e.LastElement >= e.FirstElement));
    }

    [SkippableFact]
    public void A_real_list_tells_waiting_for_a_job_from_being_held()
    {
        IReadOnlyList<QueueEntry> queue = Parse(Sample.Out("sge", "qstat-r-xml"), raw: true);
        Assert.Equal(TaskState.Pending, queue.Single(e => e.JobName == "hold").State);
        Assert.Equal(TaskState.Held, queue.Single(e => e.JobName == "userhold").State);
        Assert.Equal((5L, 11L, 2L), queue.Where(e => e is { JobName: "arrstep", State: TaskState.Pending }).Select(e => (e.FirstElement, e.LastElement, e.Step)).Single());
        Assert.Contains(queue, e => e.JobName == "averyveryverylongjobname_abcdefghijkl");
    }

    private static string Job(string id, string name, string state, string rest) =>
        $"<job_list state=\"x\"><JB_job_number>{id}</JB_job_number><JB_name>{name}</JB_name><state>{state}</state><queue_name></queue_name>{rest}</job_list>";

    private static string Document(string jobs) => $"<job_info xmlns:xsd=\"http://x/\">\n<queue_info>\n</queue_info>\n<job_info>\n{jobs}</job_info>\n</job_info>";

    private static IReadOnlyList<QueueEntry> Parse(string text, bool raw = false) => GridEngine.ParseQueue(Sample.Framed(raw ? text : Document(text)));
}
