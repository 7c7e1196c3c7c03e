namespace HpcAgent.Engine.Tests.Quickstart;

/// <summary>What one task wrote.</summary>
internal sealed record QuickstartRecord(int Degree, int Fold, string Text, IReadOnlyDictionary<string, double> Metrics);
