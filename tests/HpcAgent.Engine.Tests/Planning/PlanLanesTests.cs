using FsCheck;
using FsCheck.Fluent;
using HpcAgent.Engine.Planning;

namespace HpcAgent.Engine.Tests.Planning;

public sealed class PlanLanesTests
{
    private static readonly Gen<(int Arrays, int AtOnce, int Elements)> s_cases =
        from arrays in Gen.Choose(1, 60)
        from atOnce in Gen.Choose(1, 200)
        from elements in Gen.Choose(1, 500)
        select (arrays, atOnce, elements);

    [Fact]
    public void The_slowest_lane_is_found_without_looking_at_all() => Prop.ForAll(s_cases.ToArbitrary(), c =>
    {
        for (int count = 1; count <= Math.Min(c.Arrays, c.AtOnce); count++)
        {
            PlanLanes lanes = new(c.Arrays, count, c.AtOnce);
            Assert.Equal(Slowest(lanes, c.Elements), lanes.Rounds(c.Elements));
            Assert.Equal(c.AtOnce, Enumerable.Range(0, count).Sum(lane => lanes.Share(lane)));
            Assert.Equal(c.Arrays, Enumerable.Range(0, count).Sum(lanes.DepthOf));
        }
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void No_other_number_of_lanes_ends_sooner() => Prop.ForAll(s_cases.ToArbitrary(), c =>
    {
        PlanLayout layout = new((long)c.Arrays * c.Elements, c.Arrays, 1);
        PlanLanes chosen = PlanLanes.Choose(layout, c.AtOnce, null);
        if (chosen.AtOnce is null) return;
        long best = Enumerable.Range(1, Math.Min(c.Arrays, c.AtOnce)).Min(count => Slowest(new(c.Arrays, count, c.AtOnce), c.Elements));
        Assert.Equal(best, Slowest(chosen, c.Elements));
    }).QuickCheckThrowOnFailure();

    // Walks through every lane, array by array.
    private static long Slowest(PlanLanes lanes, long elements)
    {
        long slowest = 0;
        for (int lane = 0; lane < lanes.Count; lane++)
        {
            long rounds = -1;
            for (int array = lane; array < lanes.ArrayCount; array += lanes.Count)
                rounds += 1 + (long)Math.Ceiling((double)elements / lanes.Share(array)!.Value);
            slowest = Math.Max(slowest, rounds);
        }
        return slowest;
    }
}
