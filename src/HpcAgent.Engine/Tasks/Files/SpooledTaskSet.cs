namespace HpcAgent.Engine.Tasks;

/// <summary>Tasks that were written to a temporary file, one JSON object a line.</summary>
internal sealed class SpooledTaskSet(TemporaryFile file, long count, string place, TaskSurvey? survey = null) : TaskSet
{
    private TaskIdentity? _identity;

    public override long? Count => count;

    public override IEnumerable<RunTask> Read()
    {
        using var stream = file.Read();
        var reader = new JsonReader(new JsonSource(stream, place));
        for (long id = 0; id < count; id++) yield return new(id, reader.ReadMap());
    }

    // What was surveyed while it was written need not be read for that again.
    internal override TaskIdentity Survey(CancellationToken cancellation)
    {
        if (survey is null) return base.Survey(cancellation);
        if (_identity is not null) return _identity;
        using (survey) return _identity = survey.Finish(this, cancellation);
    }
}
