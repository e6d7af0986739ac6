"""The whole system as processes of one machine, without containers: started, watched and stopped by `crm.py up`."""
