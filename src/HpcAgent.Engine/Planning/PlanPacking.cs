namespace HpcAgent.Engine.Planning;

/// <summary>
/// Chooses how many arrays and how many tasks in an element. As long as tasks fit into <see cref="CalmArrays"/> arrays, nothing is packed but
/// short tasks. Beyond that packing comes first and more arrays last, because each array is a submission of 20 to 100 ms and a job for the
/// scheduler to look at.
/// </summary>
internal sealed class PlanPacking(PlanLimits limits, long taskCount, PlanTime time)
{
    /// <summary>So many arrays are sent without a thought.</summary>
    public const int CalmArrays = 50;

    /// <summary>Where nobody says how long an element may run, packing that is only for comfort stops at a day, the original's default limit.</summary>
    private static readonly TimeSpan s_usualCap = TimeSpan.FromDays(1);

    /// <summary>An element is never made longer than this, even where nobody says how long it may run.</summary>
    private static readonly TimeSpan s_longestCap = TimeSpan.FromDays(365);

    private readonly TimeSpan _cap = time.Cap ?? s_longestCap;
    private readonly long? _maxElements = limits.All.MaxSubmittedElements;

    /// <summary>The most tasks of an element for the sake of comfort.</summary>
    public static int Comfort(PlanTime time) => time.MostTasks(time.Cap ?? s_usualCap);

    /// <summary>The layout with a number of tasks in an element that the user has chosen.</summary>
    /// <exception cref="HpcException">It does not fit.</exception>
    public PlanLayout Chosen(int tasksPerElement)
    {
        int most = time.Limit is null ? int.MaxValue : time.MostTasks(_cap);
        if (tasksPerElement > most)
        {
            throw new HpcException(
                ErrorCode.SpecInvalid,
                $"an element of {tasksPerElement} tasks of {DurationText.Format(time.Limit!.Value)} asks for {DurationText.Format(time.OfElement(tasksPerElement)!.Value)}, {limits.Cluster} allows {Cap()}",
                $"Put at most {most} tasks into an element, or give tasks a shorter time limit.{PlanPartitions.Longer(limits, time.OfElement(tasksPerElement)!.Value)}");
        }
        RefuseNoPlaces();
        for (int arrays = 1; arrays <= Math.Min(limits.MaxArrays, taskCount); arrays++)
        {
            PlanLayout layout = new(taskCount, arrays, tasksPerElement);
            if (layout.Fits(limits.MaxIndex, _maxElements)) return layout;
        }
        throw Impossible(most);
    }

    /// <summary>The layout that the planner chooses.</summary>
    /// <param name="wanted">Tasks in an element at least; not more than <see cref="Comfort"/>.</param>
    /// <exception cref="HpcException">Nothing fits.</exception>
    public PlanLayout Choose(int wanted)
    {
        RefuseNoPlaces();
        int most = time.MostTasks(_cap);
        // Where tasks must be packed for the limit anyway, a tenth of it stays free: the user's other jobs count too.
        long? roomy = taskCount > _maxElements ? _maxElements - (_maxElements / 10) : _maxElements;
        PlanLayout layout = Try(roomy, wanted, most) ?? Try(_maxElements, wanted, most) ?? throw Impossible(most);
        return layout.Evened();
    }

    private PlanLayout? Try(long? maxElements, int wanted, int most)
    {
        PlanLayout? best = null;
        int calm = Math.Min(limits.MaxArrays, CalmArrays);
        for (int arrays = 1; arrays <= calm; arrays++)
        {
            if (PlanLayout.Tightest(taskCount, arrays, limits.MaxIndex, maxElements) is not { } layout) continue;
            layout = layout with { TasksPerElement = Math.Max(layout.TasksPerElement, wanted) };
            if (best is null || layout.TasksPerElement < best.Value.TasksPerElement) best = layout;
        }
        // A limit that cannot be helped may take more than comfort does.
        if (best?.TasksPerElement <= (IsForced(maxElements) ? most : Comfort(time))) return best;
        for (int arrays = calm + 1; arrays <= limits.MaxArrays; arrays++)
        {
            if (PlanLayout.Tightest(taskCount, arrays, limits.MaxIndex, maxElements) is { } layout && layout.TasksPerElement <= most)
                return layout with { TasksPerElement = Math.Max(layout.TasksPerElement, wanted) };
        }
        return null;
    }

    private bool IsForced(long? maxElements) =>
        taskCount > maxElements || PlanMath.Ceiling(taskCount, limits.MaxIndex) > limits.MaxArrays;

    private HpcException Impossible(int most)
    {
        long places = Places();
        long needed = PlanMath.Ceiling(taskCount, places);
        string why = needed <= most
            ? $"{taskCount} tasks need {needed} in an element at least"
            : time.Limit is not { } each
                ? $"{taskCount} tasks would have to be packed {needed} to an element, for which the time limit of a task must be known"
                : $"{taskCount} tasks would have to be packed {needed} to an element, and {needed} times {DurationText.Format(each)} is more than the longest time limit of {Cap()}";
        string remedy = needed <= most
            ? $"Put {needed} or more tasks into an element, or leave the number to the planner."
            : time.Limit is null ? "Give tasks a time limit." : WaysOut(needed, places, most);
        return new HpcException(ErrorCode.PreconditionFailed, $"{Limit()}: {why}", remedy);
    }

    private void RefuseNoPlaces()
    {
        if (Places() == 0) throw new HpcException(ErrorCode.PreconditionFailed, $"{Limit()}, so that no array can be sent", "Ask the site's administrators, or correct the limit in the configuration.");
    }

    private string Limit() => _maxElements < taskCount && _maxElements <= (double)limits.MaxIndex * limits.MaxArrays
        ? $"{limits.Cluster} takes at most {_maxElements} array elements of one user, waiting ones too ({limits.MaxElementsSource})"
        : $"{limits.Cluster} takes at most {limits.MaxArrays} arrays ({limits.MaxArraysSource}) up to index {limits.MaxIndex} ({limits.MaxIndexSource})";

    private string Cap() => $"{DurationText.Format(_cap)} ({(time.Cap is null ? "nothing longer is ever asked for" : limits.CapSource)})";

    private string WaysOut(long needed, long places, int most)
    {
        double rounds = PlanMath.Ceiling(needed, time.AtOnce);
        double seconds = Math.Floor((_cap.TotalSeconds - 60) / rounds) - 1;
        // What is read as 11m must not be 11.6.
        seconds -= seconds % (seconds < 60 ? 1 : seconds < 86400 ? 60 : 3600);
        List<string> ways = [];
        if (seconds >= 1) ways.Add($"give tasks a time limit of at most {DurationText.Format(TimeSpan.FromSeconds(seconds))}");
        if (places <= long.MaxValue / most) ways.Add($"send at most {places * most} tasks at a time");
        ways.Add("use a partition or account with higher limits");
        string text = string.Join(", or ", ways);
        return $"{char.ToUpperInvariant(text[0])}{text[1..]}.";
    }

    // Elements that certainly fit, however tasks are spread over the arrays.
    private long Places()
    {
        if (limits.MaxIndex < 1 || limits.MaxArrays < 1 || _maxElements < 1) return 0;
        if (_maxElements is not { } most || most / limits.MaxIndex >= limits.MaxArrays) return limits.MaxIndex > long.MaxValue / limits.MaxArrays ? long.MaxValue : limits.MaxIndex * limits.MaxArrays;
        long arrays = PlanMath.Ceiling(most, limits.MaxIndex);
        return most / arrays * arrays;
    }
}
