from concurrent.futures import ThreadPoolExecutor
from collections import Counter
from tests.unit.cases.conftest import *
def test_stress(desk):
    desk.publish("refund", task("triage", to="approve", timing={"due":"1h"}, reminders=[{"before_due":"30m"}], escalations=[{"after_due":"0s","to":["role:manager"]}]), approval("approve", no="triage"))
    cus=desk.tell_customer("Acme")
    ids=[desk.open_case(workflow="refund")["id"] for _ in range(6)]
    desk.bench.clock.move(hours=2)
    seen=Counter(); bodies=[]
    def note(kind,a):
        seen[(kind,a.status_code)]+=1
        if a.status_code>=500: bodies.append((kind,a.json))
    def decide(i):
        for item in desk.items(case_id=i):
            if item["state"] in("open","claimed"):
                note("decide",desk.decide(desk.admin,item["id"],item["step"]["outcomes"][0]))
    def patch(i): note("patch",desk.admin.patch(f"/cases/{i}",{"subject":"x"+i[-5:]+str(seen.total())}))
    def assign(i): note("assign",desk.admin.post(f"/cases/{i}:assign",{"owner_id":"usr_sam" if seen.total()%2 else "usr_sue"}))
    def msg(i): note("msg",desk.admin.post(f"/cases/{i}/messages",{"body":"hi","direction":"in" if seen.total()%2 else "out"}))
    def move(i): note("move",desk.move(i,"closed",outcome="x",cancel_workflow=True))
    def link(i):
        try: desk.hear("submitter.identified.v1",{"case_id":i,"customer_id":cus,"person_id":cus}); seen["link",200]+=1
        except Exception as e: seen["link",type(e).__name__]+=1
    def job(i): seen["job",desk.running.run_job("fire_due_timers")]+=1
    import random
    random.seed(3)
    works=[(f,i) for i in ids for f in (decide,decide,patch,assign,msg,link,job,decide,patch)]
    random.shuffle(works); works+=[(move,i) for i in ids for _ in range(2)]+[(decide,i) for i in ids]
    with ThreadPoolExecutor(6) as p: list(p.map(lambda w:w[0](w[1]),works))
    print(seen); print(bodies)
    assert not bodies
