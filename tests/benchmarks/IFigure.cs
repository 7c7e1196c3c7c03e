namespace HpcAgent.Benchmarks;

/// <summary>A group of numbers that are measured together, ours and the peers' in turn.</summary>
internal interface IFigure
{
    string Name { get; }

    /// <summary>What is measured, for the page.</summary>
    string About { get; }

    /// <summary>Whether it is measured only on request.</summary>
    bool IsExtra { get; }

    IEnumerable<Row> Rows { get; }

    /// <summary>Measures each series once.</summary>
    Task MeasureAsync(Settings settings, Samples samples);
}
