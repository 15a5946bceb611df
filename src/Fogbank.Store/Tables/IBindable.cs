namespace Fogbank.Store;

/// <summary>Hands a backend the record type of a table or outbox of whatever record, without reflection.</summary>
internal interface IBindable
{
    TResult Bind<TResult>(IBinder<TResult> binder);
}
