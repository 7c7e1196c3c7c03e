namespace HpcAgent.Engine.Tasks;

/// <summary>
/// Tasks from a JSON file: an array of objects, streamed, or an object with <c>tasks</c>, <c>axes</c> or <c>task_generator</c>, and
/// maybe <c>task_count</c>.
/// </summary>
internal static class JsonTaskFile
{
    public static TaskSet Open(string path)
    {
        using var stream = OpenStream(path);
        var reader = new JsonReader(new JsonSource(stream, path));
        switch (reader.Source.SkipWhitespace())
        {
            case '[': return new ArrayTaskSet(path);
            case '{':
                var document = reader.ReadMap();
                reader.ExpectEnd();
                return TaskDocument.Read(document, path);
            default: throw reader.Source.Error("expected an array of objects, or an object with tasks, axes or task_generator.");
        }
    }

    public static FileStream OpenStream(string path) => new(
        path,
        FileMode.Open,
        FileAccess.Read,
        FileShare.Read,
        1,
        FileOptions.SequentialScan);

    private sealed class ArrayTaskSet(string path) : TaskSet
    {
        public override long? Count => null;

        public override IEnumerable<RunTask> Read()
        {
            using var stream = OpenStream(path);
            var reader = new JsonReader(new JsonSource(stream, path));
            reader.Take('[');
            if (!reader.TryTake(']'))
            {
                long id = 0;
                do yield return new(id++, reader.ReadMap());
                while (reader.TryTake(','));
                if (!reader.TryTake(']')) throw reader.Source.Error("expected ',' or ']'.");
            }

            reader.ExpectEnd();
        }
    }
}
