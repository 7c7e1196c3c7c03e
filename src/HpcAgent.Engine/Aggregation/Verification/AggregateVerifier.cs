using HpcAgent.Engine.Runs;
using HpcAgent.Engine.Tasks;

namespace HpcAgent.Engine.Aggregation;

/// <summary>Looks whether an aggregate holds all of its run and nothing else (reference 5.12), and whether it can be made again, bit for bit.</summary>
internal sealed class AggregateVerifier
{
    private readonly VerificationSubject _subject;
    private readonly RunResults _results;
    private readonly List<AggregateInvariant> _invariants = [];

    private AggregateVerifier(VerificationSubject subject) => (_subject, _results) = (subject, subject.Results);

    /// <summary>Looks.</summary>
    /// <param name="subject">At what.</param>
    /// <param name="token">Ends the work.</param>
    public static Task<AggregateCheck> VerifyAsync(VerificationSubject subject, CancellationToken token) => new AggregateVerifier(subject).RunAsync(token);

    private async Task<AggregateCheck> RunAsync(CancellationToken token)
    {
        (Aggregate? now, string? fault) = await RecomputeAsync(token);
        PackedCensus census = _subject.Waves.Count > 0
            ? PackedCensus.Take(_subject.Waves, _results.TaskCount, AggregationRequest.DefaultMaxRecordBytes, token)
            : new PackedCensus([], [], []);
        (SortedSet<long> present, SortedSet<long> unexpected, SortedSet<long> duplicates) = Tasks(now, census);
        SortedDictionary<int, IReadOnlyList<TaskIdRange>> waves = Waves();
        long[] missing = [.. Ids(_results.TaskCount).Where(id => !present.Contains(id))];
        int[] missingWaves = [.. waves.Where(w => w.Value.Any(r => HoldsAny(missing, r))).Select(w => w.Key)];
        string[] keys = [.. UnexpectedKeys(now)];
        (long tables, ColumnAudit? columns, IReadOnlyList<ColumnViolation> violations) = Columns(token);
        Say("all_waves_combined", missingWaves.Length == 0, $"{waves.Count - missingWaves.Length} of {waves.Count} waves are whole{Some("; not", missingWaves)}");
        Say("all_tasks_present", missing.Length == 0, $"{present.Count} of {_results.TaskCount} tasks are there{Some("; missing", missing)}");
        Say("no_unexpected_tasks", unexpected.Count == 0, unexpected.Count == 0 ? "all tasks that were found are the run's" : $"the run has no task{Some("", unexpected)}");
        SayDuplicates(duplicates, census);
        Say("no_unexpected_keys", keys.Length == 0 && fault is null, fault ?? (keys.Length == 0 ? "every group comes from tasks of the run" : $"groups that no task of the run gives{Some("", keys)}"));
        await SayProvenanceAsync(token);
        SayColumns(columns, tables, violations);
        SayDigest(now);
        SayStatistics(now, fault);
        return new AggregateCheck
        {
            RunId = _results.RunId,
            Invariants = _invariants,
            ExpectedWaveCount = waves.Count,
            PulledWaveCount = waves.Count - missingWaves.Length,
            MissingWaves = missingWaves,
            ExpectedTaskCount = _results.TaskCount,
            PulledTaskCount = present.Count,
            MissingTaskIds = missing,
            UnexpectedTaskIds = [.. unexpected],
            DuplicateTaskIds = [.. duplicates],
            UnexpectedKeys = keys,
            ExpectedColumns = columns?.Columns ?? [],
            ColumnViolations = violations,
            RecordedDigest = Recorded,
            ComputedDigest = now?.InputDigest,
            Problems = now?.Problems ?? [],
        };
    }

    // The original numbers its partials by the wave map of its plan.
    private SortedDictionary<int, IReadOnlyList<TaskIdRange>> Waves()
    {
        if (!_subject.HasRecords && _results.Sidecar?.WaveMap is { Count: > 0 } map) return new(map.ToDictionary());
        IEnumerable<TaskIdRange> waves = RunWaves.Of(_results.TaskCount, _subject.Manifest?.TasksPerWave ?? RunWaves.TasksPerWave);
        return new(waves.Select((tasks, wave) => (wave, tasks)).ToDictionary(w => w.wave, w => (IReadOnlyList<TaskIdRange>)[w.tasks]));
    }

    private string? Recorded => _subject.Recorded?.InputDigest ?? _subject.Manifest?.InputDigest;

    private async Task<(Aggregate? Now, string? Fault)> RecomputeAsync(CancellationToken token)
    {
        if (!_subject.HasRecords) return (null, null);
        try
        {
            return (await _results.AggregateAsync(_subject.Recorded?.GroupBy ?? [], _subject.Recorded?.Probabilities ?? [], token), null);
        }
        catch (HpcException e) when (_subject.Recorded is not null && e.Code == ErrorCode.SpecInvalid)
        {
            // Grouped by what the tasks of this run do not have.
            return (await _results.AggregateAsync([], [], token), e.Message);
        }
    }

    private (SortedSet<long> Present, SortedSet<long> Unexpected, SortedSet<long> Duplicates) Tasks(Aggregate? now, PackedCensus census)
    {
        SortedSet<long> present = [], unexpected = [.. census.Unexpected, .. _subject.StrayTaskIds], duplicates = [.. census.Duplicates];
        if (now is not null)
        {
            HashSet<long> missing = [.. now.MissingTaskIds];
            present.UnionWith(Ids(_results.TaskCount).Where(id => !missing.Contains(id)));
        }
        HashSet<long> inPartials = [];
        foreach (long id in _subject.Partials.SelectMany(p => p.TaskIds))
        {
            if (id < 0 || id >= _results.TaskCount) _ = unexpected.Add(id);
            else if (!inPartials.Add(id)) _ = duplicates.Add(id);
        }
        present.UnionWith(inPartials);
        return (present, unexpected, duplicates);
    }

    private IEnumerable<string> UnexpectedKeys(Aggregate? now)
    {
        if (now is not null && _subject.Recorded is { } recorded)
        {
            HashSet<string> known = [.. RecordedAggregate.GroupsOf(now).Select(g => g.Key)];
            foreach ((string key, string _) in recorded.Groups)
                if (!known.Contains(key)) yield return key;
        }
        if (_subject.Partials.Count == 0) yield break;
        HashSet<string> grid = [.. _results.Table.ReadAll().Select(t => GridKey.Of(t.Parameters.Where(p => p.Key != TaskIdentity.TrialToken)))];
        foreach (string key in _subject.Partials.SelectMany(p => p.Keys).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal))
            if (!grid.Contains(key)) yield return key;
    }

    private (long Tables, ColumnAudit? Columns, IReadOnlyList<ColumnViolation> Violations) Columns(CancellationToken token)
    {
        ColumnAudit? columns = ColumnAudit.Of(_results.Sidecar?.Results);
        if (columns is null || _subject.TableFolder is not { } folder) return (0, null, []);
        (long tables, IReadOnlyList<ColumnViolation> violations) = columns.Look(folder, token);
        return (tables, columns, violations);
    }

    private void SayDuplicates(SortedSet<long> duplicates, PackedCensus census)
    {
        // A wave that was packed twice gives the same records twice, of which one counts.
        bool isHarmless = census.Differing.Count == 0 && duplicates.Count == census.Duplicates.Count;
        Say("no_duplicates", isHarmless, duplicates.Count == 0 ? "no task comes twice"
            : isHarmless ? $"{duplicates.Count} tasks come more than once with the same content, and count once{Some(":", duplicates)}"
            : $"tasks come more than once{Some("", duplicates)}{Some("; with another content", census.Differing)}");
    }

    private async Task SayProvenanceAsync(CancellationToken token)
    {
        List<string> faults = [.. _subject.WaveFaults];
        if (_subject.Recorded is { } recorded)
        {
            if (recorded.RunId != _results.RunId) faults.Add($"{recorded.Path} is of the run {recorded.RunId}");
            else if (recorded.IdentitySha != _results.IdentitySha) faults.Add($"{recorded.Path} has another identity than the run");
        }
        foreach (OriginalPartial partial in _subject.Partials)
            if (partial.Mismatch(_results.RunId) is { } fault) faults.Add(fault);
        if (_subject.Waves.Count > 0 || _subject.Manifest is not null)
            faults.AddRange(await ArchiveAudit.FaultsAsync(_results, _subject, token));
        Say("provenance_present", faults.Count == 0, faults.Count == 0 ? $"all is of the run {_results.RunId}" : string.Join("; ", faults.Take(10)));
    }

    private void SayColumns(ColumnAudit? columns, long tables, IReadOnlyList<ColumnViolation> violations)
    {
        if (columns is null) Skip("columns", "the record of the run names no columns (results.expected_columns)");
        else Say("columns", violations.Count == 0 && tables > 0, tables == 0 ? "there is no *.csv" : violations.Count == 0
            ? $"{tables} tables have {string.Join(", ", columns.Columns)}" : $"{violations.Count} faults in {tables} tables; the first: {violations[0].Path}: {violations[0].Message}");
    }

    private void SayDigest(Aggregate? now)
    {
        if (now is null) Skip("digest", "partials of the original hold no records to compute it from");
        else if (Recorded is not { } recorded) Skip("digest", $"none was recorded; the inputs have {now.InputDigest}");
        else Say("digest", recorded == now.InputDigest, recorded == now.InputDigest ? $"the inputs are those of the aggregate: {recorded}" : $"the aggregate was made of other inputs: {recorded}, and now {now.InputDigest}");
    }

    private void SayStatistics(Aggregate? now, string? fault)
    {
        if (now is null || _subject.Recorded is not { } recorded) Skip("statistics", "there is no aggregate.json and records to compare");
        else if (fault is not null) Say("statistics", false, fault);
        else
        {
            HashSet<string> found = [.. RecordedAggregate.GroupsOf(now).Select(g => g.Text)];
            string[] other = [.. recorded.Groups.Where(g => !found.Contains(g.Text)).Select(g => g.Key)];
            bool isSame = other.Length == 0 && recorded.Groups.Count == found.Count;
            Say("statistics", isSame, isSame ? $"{found.Count} groups come out the same, bit for bit" : $"{recorded.Groups.Count} groups were recorded, {found.Count} come out; other numbers{Some(" in", other)}");
        }
    }

    private void Say(string name, bool holds, string message) => _invariants.Add(new AggregateInvariant(name, holds ? InvariantState.Held : InvariantState.Violated, message));

    private void Skip(string name, string message) => _invariants.Add(new AggregateInvariant(name, InvariantState.NotChecked, message));

    private static string Some<T>(string before, IReadOnlyCollection<T> items) =>
        items.Count == 0 ? "" : FormattableString.Invariant($"{before} {string.Join(", ", items.Take(10))}{(items.Count > 10 ? ", ..." : "")}");

    private static bool HoldsAny(long[] ids, TaskIdRange range)
    {
        int at = Array.BinarySearch(ids, range.First);
        return at >= 0 || (~at < ids.Length && ids[~at] < range.First + range.Count);
    }

    private static IEnumerable<long> Ids(long count)
    {
        for (long id = 0; id < count; id++) yield return id;
    }
}
