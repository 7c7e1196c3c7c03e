namespace HpcAgent;

/// <summary>One thing that must be true of an aggregate.</summary>
/// <param name="Name">What, such as <c>all_tasks_present</c>.</param>
/// <param name="State">Whether it is.</param>
/// <param name="Message">What was found.</param>
public sealed record AggregateInvariant(string Name, InvariantState State, string Message);
