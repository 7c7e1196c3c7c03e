namespace HpcAgent.Engine.Tasks;

/// <summary>Tasks that were written to a temporary file, one JSON object a line.</summary>
internal sealed class SpooledTaskSet(TemporaryFile file, long count, string place) : TaskSet
{
    public override long? Count => count;

    public override IEnumerable<RunTask> Read()
    {
        using var stream = file.Read();
        var reader = new JsonReader(new JsonSource(stream, place));
        for (long id = 0; id < count; id++) yield return new(id, reader.ReadMap());
    }
}
