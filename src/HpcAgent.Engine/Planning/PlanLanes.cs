namespace HpcAgent.Engine.Planning;

/// <summary>
/// Arrays side by side. With c lanes the array i waits for the array i-c only, so that at most c arrays run at once; each has its share of what may
/// run. Waiting for a whole wave instead takes 1.3 to 2 times as long when tasks differ in length.
/// </summary>
/// <param name="ArrayCount">All arrays.</param>
/// <param name="Count">How many lanes; not more than arrays.</param>
/// <param name="AtOnce">How many elements may run at once over all lanes, or null.</param>
internal readonly record struct PlanLanes(int ArrayCount, int Count, int? AtOnce)
{
    /// <summary>The arrays in the longest lane.</summary>
    public int Depth => (int)PlanMath.Ceiling(ArrayCount, Count);

    /// <summary>The array that must end first, or null.</summary>
    public int? After(int array) => array < Count ? null : array - Count;

    /// <summary>The 0-based wave, as the original counts them.</summary>
    public int Wave(int array) => array / Count;

    /// <summary>How many elements of an array may run at once, or null. The first lanes have one more where shares are not even.</summary>
    public int? Share(int array) => AtOnce is not { } all ? null : (all / Count) + (array % Count < all % Count ? 1 : 0);

    /// <summary>Chooses the lanes with which everything ends soonest; of equal ones the most, which wait least.</summary>
    /// <param name="layout">The arrays.</param>
    /// <param name="elementsAtOnce">How many elements may run at once by wish, or null.</param>
    /// <param name="arraysAtOnce">How many arrays may run at once by wish, or null.</param>
    public static PlanLanes Choose(PlanLayout layout, int? elementsAtOnce, int? arraysAtOnce)
    {
        int arrays = layout.ArrayCount;
        int? atOnce = elementsAtOnce < layout.ElementCount ? elementsAtOnce : null;
        int most = Math.Min(Math.Min(arrays, arraysAtOnce ?? arrays), atOnce ?? arrays);
        PlanLanes best = new(arrays, most, atOnce);
        if (atOnce is null) return best;
        long least = best.Rounds(layout.MostElements);
        for (int count = most - 1; count >= 1; count--)
        {
            PlanLanes lanes = new(arrays, count, atOnce);
            long rounds = lanes.Rounds(layout.MostElements);
            if (rounds < least) (best, least) = (lanes, rounds);
        }
        return best;
    }

    /// <summary>The rounds of elements in the slowest lane if all take the same time, and one more for each array that waits for another.</summary>
    public long Rounds(long elements)
    {
        // Longer lanes and larger shares both come first, so that one of these is the slowest.
        int uneven = AtOnce is { } all ? all % Count : 0;
        int shorter = ArrayCount % Count;
        long slowest = Math.Max(RoundsOf(0, elements), uneven < Count ? RoundsOf(uneven, elements) : 0);
        return Math.Max(slowest, shorter < Count ? RoundsOf(shorter, elements) : 0);
    }

    /// <summary>The arrays of one lane.</summary>
    public int DepthOf(int lane) => (int)PlanMath.Ceiling(ArrayCount - lane, Count);

    private long RoundsOf(int lane, long elements)
    {
        int depth = DepthOf(lane);
        return (depth * PlanMath.Ceiling(elements, Share(lane) ?? elements)) + depth - 1;
    }
}
