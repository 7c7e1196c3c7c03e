namespace HpcAgent.Cluster.Tests.Faults;

/// <summary>What must never be said of tasks without evidence: that they ended in one of these ways.</summary>
internal static class Ends
{
    private static readonly string[] s_unsuccessful = ["failed", "timeout", "out_of_memory", "node_failure", "preempted", "cancelled", "lost"];

    /// <summary>No task is said to have ended without success, other than in the ways that are right here.</summary>
    /// <param name="look">The answer of a status.</param>
    /// <param name="right">States that are right.</param>
    public static void AssertNoneWrong(Answer look, params string[] right)
    {
        Assert.True(look.IsOk, look.Json.ToString());
        foreach (string state in s_unsuccessful.Except(right)) Assert.True(look.Count(state) == 0, look.Json.ToString());
        if (right.Length == 0) Assert.DoesNotContain(look.State, (string[])["failed", "abandoned"]);
    }

    /// <summary>A condition holds at the latest at the second look; the first one must be without a wrong end too.</summary>
    /// <param name="look">Looks.</param>
    /// <param name="condition">What must hold.</param>
    /// <param name="right">States of unsuccessful tasks that are right.</param>
    public static async Task<Answer> AssertInTwoLooksAsync(Func<Task<Answer>> look, Func<Answer, bool> condition, params string[] right)
    {
        Answer answer = await look();
        AssertNoneWrong(answer, right);
        if (condition(answer)) return answer;
        answer = await look();
        AssertNoneWrong(answer, right);
        Assert.True(condition(answer), answer.Json.ToString());
        return answer;
    }
}
