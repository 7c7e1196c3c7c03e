namespace HpcAgent;

/// <summary>One unit of work: a 0-based id and an ordered map from parameter name to value.</summary>
/// <param name="Id">The 0-based id. Scheduler indices are 1-based; they never appear here.</param>
/// <param name="Parameters">
/// The parameters in their given order. A value is null, <see cref="bool"/>, <see cref="long"/>,
/// <see cref="System.Numerics.BigInteger"/> (an integer beyond 64 bits), <see cref="double"/>, <see cref="string"/>,
/// a list of such values, or a map from name to such values.
/// </param>
public sealed record RunTask(long Id, IReadOnlyDictionary<string, object?> Parameters);
