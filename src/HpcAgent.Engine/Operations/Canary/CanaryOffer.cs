using HpcAgent.Engine.Submission;

namespace HpcAgent.Engine.Operations.Canary;

/// <summary>
/// What a canary's time and memory mean for the plan of its run. What the user gave is never changed: where the canary needed more than that, the
/// run is refused. Where he gave nothing, the plan takes what was measured, with a margin.
/// </summary>
internal sealed class CanaryOffer
{
    // Tasks differ: twice the time, and for short ones room for a slow file system or a busy node.
    private static readonly TimeSpan s_room = TimeSpan.FromMinutes(5);
    // Packed, an element asks for the time of each of its tasks, and five minutes for a task of one second would add up to days.
    private static readonly TimeSpan s_packedRoom = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan s_shortest = TimeSpan.FromSeconds(1);
    private const long MemoryRoom = 256L << 20;
    private const long MemoryStep = 64L << 20;
    private const double Near = 0.9;

    private readonly PlanRequest _request;
    private readonly CanaryVerdict _canary;

    /// <param name="request">What the user asks of the planner.</param>
    /// <param name="canary">A canary that passed.</param>
    public CanaryOffer(PlanRequest request, CanaryVerdict canary) => (_request, _canary) = (request, canary);

    /// <summary>The time limit of a task that goes alone into its element: twice what was measured, at least five minutes more, whole minutes.</summary>
    public static TimeSpan Walltime(TimeSpan measured) => Up(Longer(measured, s_room), TimeSpan.FromMinutes(1));

    /// <summary>The time limit of a task that shares its element: twice what was measured, at least ten seconds more, whole seconds.</summary>
    public static TimeSpan PackedWalltime(TimeSpan measured) => Up(Longer(measured, s_packedRoom), s_shortest);

    /// <summary>The memory of a task in bytes: half as much again as was measured, at least 256 MiB more, in steps of 64 MiB.</summary>
    public static long Memory(long measured) => (Math.Max(measured + (measured / 2), measured + MemoryRoom) + MemoryStep - 1) / MemoryStep * MemoryStep;

    /// <summary>Refuses limits that the user gave and the canary has exceeded.</summary>
    /// <exception cref="HpcException"><see cref="ErrorCode.SpecInvalid"/>: it needed more.</exception>
    public void Check()
    {
        List<string> excess = [];
        List<string> remedy = [];
        if (_canary.Task.PeakMemoryBytes is { } peak && peak > _request.Resources.MemoryBytes)
        {
            excess.Add($"{CanaryText.Memory(peak)} of memory, and {CanaryText.Memory(_request.Resources.MemoryBytes.Value)} is asked for");
            remedy.Add($"{CanaryText.Memory(Memory(peak))} of memory");
        }
        if (_canary.Task.Elapsed is { } took && took > _request.Resources.Walltime)
        {
            excess.Add($"{CanaryText.Time(took)}, and {CanaryText.Time(_request.Resources.Walltime.Value)} is asked for");
            remedy.Add($"{CanaryText.Time(Walltime(took))} of time");
        }
        if (excess.Count == 0) return;
        throw new HpcException(
            ErrorCode.SpecInvalid,
            $"the canary {_canary.RunId} needed {string.Join("; it needed ", excess)}: the run was not submitted",
            $"Ask for {string.Join(" and ", remedy)}, or leave it out to have it taken from the canary. It is not sent again for that.")
        {
            Subject = _canary,
        };
    }

    /// <summary>What is nearly too little of what the user gave.</summary>
    public IEnumerable<string> Warnings()
    {
        if (_canary.Task.PeakMemoryBytes is { } peak && peak <= _request.Resources.MemoryBytes && peak > _request.Resources.MemoryBytes * Near)
            yield return $"the canary needed {CanaryText.Memory(peak)} of the {CanaryText.Memory(_request.Resources.MemoryBytes.Value)} of memory that are asked for: other tasks may need more";
        if (_canary.Task.Elapsed is { } took && took <= _request.Resources.Walltime && took > _request.Resources.Walltime * Near)
            yield return $"the canary took {CanaryText.Time(took)} of the {CanaryText.Time(_request.Resources.Walltime.Value)} that are asked for: other tasks may take longer";
    }

    /// <summary>Makes the plan with what was measured, and says in its assumptions what was taken from where.</summary>
    /// <param name="plan">The planner.</param>
    /// <exception cref="HpcException">Nothing fits, with and without what was measured.</exception>
    public RunPlan Plan(Func<PlanRequest, RunPlan> plan)
    {
        HpcException? misfit = null;
        foreach (bool isPacked in (bool[])[false, true])
        {
            try
            {
                RunPlan made = plan(Request(isPacked));
                bool shares = made.TasksPerElement > made.ConcurrentTasksPerElement;
                if (isPacked || !shares || !TakesTime) return WithReasons(made, isPacked);
            }
            catch (HpcException e) when (TakesTime || TakesMemory)
            {
                misfit = e;
            }
        }
        RunPlan without = plan(_request);
        return without with
        {
            Assumptions = [Measured(), $"what the canary needed is not taken for the plan, with its margin it does not fit: {misfit?.Message}", .. without.Assumptions],
        };
    }

    private bool TakesTime => _request.Resources.Walltime is null && _canary.Task.Elapsed is not null;

    private bool TakesMemory => _request.Resources.MemoryBytes is null && _canary.Task.PeakMemoryBytes is not null;

    private PlanRequest Request(bool isPacked)
    {
        ResourceRequest each = _request.Resources;
        if (TakesTime) each = each with { Walltime = isPacked ? PackedWalltime(_canary.Task.Elapsed!.Value) : Walltime(_canary.Task.Elapsed!.Value) };
        if (TakesMemory) each = each with { MemoryBytes = Memory(_canary.Task.PeakMemoryBytes!.Value) };
        TimeSpan? duration = _request.TaskDuration ?? (_canary.Task.Elapsed is { } took ? Up(took, s_shortest) : null);
        return _request with { Resources = each, TaskDuration = duration };
    }

    private RunPlan WithReasons(RunPlan plan, bool isPacked)
    {
        List<string> reasons = [Measured()];
        if (TakesTime)
            reasons.Add($"a task may take {CanaryText.Time(plan.Resources.Walltime!.Value)}: twice what the canary took, at least {(isPacked ? "ten seconds" : "five minutes")} more");
        if (TakesMemory)
            reasons.Add($"a task asks for {CanaryText.Memory(plan.Resources.MemoryBytes!.Value)} of memory: half as much again as the canary's peak, at least 256M more");
        else if (_request.Resources.MemoryBytes is null)
            reasons.Add("the canary's peak memory is not known: no memory is asked for");
        return plan with { Assumptions = [.. reasons, .. plan.Assumptions] };
    }

    private string Measured()
    {
        string time = _canary.Task.Elapsed is { } took ? $"took {CanaryText.Time(took)}" : "took a time that is not known";
        string memory = _canary.Task.PeakMemoryBytes is { } peak ? $" and {CanaryText.Memory(peak)} of memory at its peak" : "";
        return $"the canary {_canary.RunId} {time}{memory}";
    }

    private static TimeSpan Longer(TimeSpan measured, TimeSpan room) => measured > room ? measured * 2 : measured + room;

    private static TimeSpan Up(TimeSpan time, TimeSpan step) => TimeSpan.FromTicks(Math.Max(1, (time.Ticks + step.Ticks - 1) / step.Ticks) * step.Ticks);
}
