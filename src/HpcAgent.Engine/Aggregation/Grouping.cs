namespace HpcAgent.Engine.Aggregation;

/// <summary>Which group each task belongs to.</summary>
internal sealed class Grouping
{
    /// <summary>The group of each task; null if there is only one.</summary>
    private readonly int[]? _groupOf;

    private Grouping(int[]? groupOf, IReadOnlyList<IReadOnlyDictionary<string, object?>> keys, long[] taskCounts)
    {
        _groupOf = groupOf;
        Keys = keys;
        TaskCounts = taskCounts;
    }

    /// <summary>The keys, in the order of each group's first task.</summary>
    public IReadOnlyList<IReadOnlyDictionary<string, object?>> Keys { get; }

    public long[] TaskCounts { get; }

    public int GroupOf(long task) => _groupOf is null ? 0 : _groupOf[task];

    /// <summary>Groups that are known.</summary>
    /// <param name="groupOf">The group of each task.</param>
    /// <param name="keys">The keys of the groups.</param>
    public static Grouping Of(int[] groupOf, IReadOnlyList<IReadOnlyDictionary<string, object?>> keys)
    {
        long[] counts = new long[keys.Count];
        foreach (int group in groupOf)
            counts[group]++;
        return new Grouping(groupOf, keys, counts);
    }

    public static Grouping Create(AggregationRequest request, CancellationToken token)
    {
        if (request.GroupBy.Count == 0)
            return new Grouping(null, [new Dictionary<string, object?>(StringComparer.Ordinal)], [request.TaskCount]);
        if (request.GroupBy.Distinct(StringComparer.Ordinal).Count() != request.GroupBy.Count)
            throw new HpcException(ErrorCode.SpecInvalid, "A grouping parameter is named twice.", "Name each grouping parameter once.");
        return new GroupingBuilder(request).Build(token);
    }

    private sealed class GroupingBuilder(AggregationRequest request)
    {
        private readonly int[] _groupOf = new int[request.TaskCount];
        private readonly Dictionary<string, int> _groups = new(StringComparer.Ordinal);
        private readonly List<IReadOnlyDictionary<string, object?>> _keys = [];
        private readonly List<long> _firstTasks = [];
        private readonly GroupKey _key = new();
        private readonly HashSet<string> _found = new(StringComparer.Ordinal);
        private readonly List<string> _known = [];

        public Grouping Build(CancellationToken token)
        {
            Array.Fill(_groupOf, -1);
            long count = 0;
            foreach (RunTask task in request.Tasks)
            {
                if ((count++ & 0xFFF) == 0)
                    token.ThrowIfCancellationRequested();
                Add(task);
            }
            if (count != request.TaskCount)
                throw Inconsistent($"it lists {count} tasks and the run has {request.TaskCount}");
            CheckNames();
            return Ordered();
        }

        private void Add(RunTask task)
        {
            if (task.Id < 0 || task.Id >= request.TaskCount)
                throw Inconsistent($"task {task.Id} is not one of the run's {request.TaskCount}");
            if (_groupOf[task.Id] >= 0)
                throw Inconsistent($"task {task.Id} occurs twice");
            if (_found.Count < request.GroupBy.Count)
                LearnNames(task);
            _key.Clear();
            foreach (string name in request.GroupBy)
            {
                if (task.Parameters.TryGetValue(name, out object? value))
                    _key.Append(value);
                else
                    _key.AppendAbsent();
            }
            _groupOf[task.Id] = GroupOf(task);
        }

        private int GroupOf(RunTask task)
        {
            string key = _key.ToString();
            if (_groups.TryGetValue(key, out int group))
            {
                _firstTasks[group] = Math.Min(_firstTasks[group], task.Id);
                return group;
            }
            Dictionary<string, object?> values = new(StringComparer.Ordinal);
            foreach (string name in request.GroupBy)
            {
                if (task.Parameters.TryGetValue(name, out object? value))
                    values.Add(name, value);
            }
            _groups.Add(key, _keys.Count);
            _keys.Add(values);
            _firstTasks.Add(task.Id);
            return _keys.Count - 1;
        }

        private void LearnNames(RunTask task)
        {
            foreach (string name in task.Parameters.Keys)
            {
                if (_known.Count < 1000 && !_known.Contains(name, StringComparer.Ordinal))
                    _known.Add(name);
            }
            foreach (string name in request.GroupBy)
            {
                if (task.Parameters.ContainsKey(name))
                    _found.Add(name);
            }
        }

        private void CheckNames()
        {
            string? unknown = request.GroupBy.FirstOrDefault(name => !_found.Contains(name));
            if (unknown is null || request.TaskCount == 0)
                return;
            string known = _known.Count == 0 ? "The tasks have no parameters."
                : "The parameters are: " + string.Join(", ", _known.Take(50)) + (_known.Count > 50 ? ", ..." : "") + ".";
            throw new HpcException(
                ErrorCode.SpecInvalid, $"Run {request.RunId} has no parameter \"{unknown}\" to group by.", known);
        }

        private Grouping Ordered()
        {
            int[] order = [.. Enumerable.Range(0, _keys.Count).OrderBy(group => _firstTasks[group])];
            int[] rank = new int[order.Length];
            for (int i = 0; i < order.Length; i++)
                rank[order[i]] = i;
            long[] counts = new long[order.Length];
            for (int task = 0; task < _groupOf.Length; task++)
            {
                _groupOf[task] = rank[_groupOf[task]];
                counts[_groupOf[task]]++;
            }
            return new Grouping(_groupOf, [.. order.Select(group => _keys[group])], counts);
        }

        private HpcException Inconsistent(string reason) => new(
            ErrorCode.SchemaIncompat, $"The task table of run {request.RunId} does not fit the run: {reason}.");
    }
}
